import { useEffect, useRef } from "react";
import { isEditable, isPalette, isStopSending, keyOf } from "@/shared/keys";

export interface Shortcuts {
  /** Single keys, by the name `keyOf` gives; with `Shift+` before it where the shift changes what it does. */
  keys: Record<string, (() => void) | undefined>;
  /** What follows `g`. */
  goTo: Record<string, (() => void) | undefined>;
  /** Single letters may act. */
  letters: boolean;
  palette: () => void;
  stopSending: () => void;
}

const OVERLAY = '[role="dialog"],[role="alertdialog"],[role="menu"]';
/** Held down, these go on moving; every other key acts once for each press. */
const MOVES = new Set(["j", "k", "ArrowDown", "ArrowUp", "PageDown", "PageUp"]);
const SEQUENCE_MS = 1_500;

/** Letters act only while the focus is outside fields, menus and dialogs; the stop shortcut acts anywhere. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    let pressedG = -Infinity;
    const press = (event: KeyboardEvent) => {
      const { keys, goTo, letters, palette, stopSending } = latest.current;
      if (event.defaultPrevented || event.isComposing) return;
      if (isStopSending(event)) {
        event.preventDefault();
        if (!event.repeat) stopSending();
        return;
      }
      if (isPalette(event)) {
        event.preventDefault();
        if (!event.repeat) palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isEditable(event.target)) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(OVERLAY)) return;
      const key = keyOf(event);
      if (event.repeat && !MOVES.has(key)) return;
      // A focused button keeps Enter, and the arrows belong to menus and radio groups.
      if (key === "Enter" && target?.closest("button,a,summary,[role=radio]")) return;
      if (key.startsWith("Arrow") && target?.closest("[role=radiogroup]")) return;
      if (!letters && key.length === 1 && key !== "?") return;
      if (key.length === 1 && event.timeStamp - pressedG < SEQUENCE_MS) {
        // Whatever follows "g" means a screen: a letter that names none must not act on the comment.
        pressedG = -Infinity;
        event.preventDefault();
        goTo[key]?.();
        return;
      }
      if (key === "g") {
        pressedG = event.timeStamp;
        return;
      }
      const run = (event.shiftKey ? keys[`Shift+${key}`] : undefined) ?? keys[key];
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
