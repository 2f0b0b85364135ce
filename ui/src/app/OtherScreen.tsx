import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import type { Overview } from "@/contract/contract";
import { useBackend } from "@/backend/context";
import { Palette, type PaletteCommand } from "@/features/inbox/Palette";
import { ShortcutSheet } from "@/features/inbox/ShortcutSheet";
import { useShortcuts } from "@/features/inbox/useShortcuts";

/** A screen beside the inbox: the keys that act everywhere, the palette and the list of keys. */
export function OtherScreen({
  letters,
  goTo,
  commands,
  sheetOpen,
  onSheet,
  children,
}: {
  letters: boolean;
  goTo: Record<string, () => void>;
  commands: PaletteCommand[];
  sheetOpen: boolean;
  onSheet: (open: boolean) => void;
  children: ReactNode;
}) {
  const backend = useBackend();
  const client = useQueryClient();
  const [paletteOpen, setPaletteOpen] = useState(false);
  useEffect(() => {
    // A field that has taken the focus keeps it.
    if (!document.activeElement?.closest("main")) document.querySelector<HTMLElement>("[data-focus-home]")?.focus();
  }, []);
  useShortcuts({
    letters,
    goTo,
    keys: {
      "?": () => {
        onSheet(true);
      },
      "/": () => {
        document.querySelector<HTMLElement>("main [type=search]")?.focus();
      },
    },
    palette: () => {
      setPaletteOpen(true);
    },
    stopSending: () => {
      // Only stops: resuming shows first what would go out, and that is in the inbox.
      backend.call("set_sending", { on: false }).then(
        (overview) => client.setQueryData<Overview>(["get_overview"], overview),
        () => client.invalidateQueries({ queryKey: ["get_overview"] }),
      );
    },
  });
  return (
    <>
      {children}
      <ShortcutSheet open={sheetOpen} letters={letters} onOpenChange={onSheet} />
      <Palette open={paletteOpen} commands={commands} about={null} onOpenChange={setPaletteOpen} />
    </>
  );
}
