import { useEffect, useRef } from "react";
import { isEditable, isPalette, isStopSending, keyOf } from "@/shared/keys";

export interface Shortcuts {
  /** Single keys, by the name `keyOf` gives. */
  keys: Record<string, (() => void) | undefined>;
  /** Single letters may act. */
  letters: boolean;
  palette: () => void;
  stopSending: () => void;
}

const OVERLAY = '[role="dialog"],[role="alertdialog"],[role="menu"]';

/** Letters act only while the focus is outside fields, menus and dialogs; the stop shortcut acts anywhere. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { keys, letters, palette, stopSending } = latest.current;
      if (event.defaultPrevented || event.isComposing) return;
      if (isStopSending(event)) {
        event.preventDefault();
        stopSending();
        return;
      }
      if (isPalette(event)) {
        event.preventDefault();
        palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isEditable(event.target)) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(OVERLAY)) return;
      const key = keyOf(event);
      // A focused button keeps Enter, and the arrows belong to menus and radio groups.
      if (key === "Enter" && target?.closest("button,a,[role=radio]")) return;
      if (key.startsWith("Arrow") && target?.closest("[role=radiogroup]")) return;
      if (!letters && key.length === 1 && key !== "?") return;
      const run = keys[key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    window.addEventListener("keydown", press);
    return () => {
      window.removeEventListener("keydown", press);
    };
  }, []);
}
