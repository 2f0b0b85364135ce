import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useTranslation } from "react-i18next";
import { Icon } from "@/shared/Icon";
import { MOD } from "@/shared/keys";
import { useReturnFocus } from "@/shared/useReturnFocus";
import { LABELS } from "./words";

export function ShortcutSheet({ open, letters, onOpenChange }: { open: boolean; letters: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation();
  const returnFocus = useReturnFocus(open);
  const columns: [string, [string, string[]][]][][] = [
    [
      [
        t("sheet.move"),
        [
          [t("sheet.next_previous"), ["j", "k"]],
          [t("sheet.open_edit"), ["Enter"]],
          [t("sheet.leave"), ["Esc"]],
          [t("sheet.search"), ["/"]],
          [t("sheet.inbox"), ["g", "i"]],
          [t("sheet.knowledge"), ["g", "k"]],
          [t("sheet.accounts"), ["g", "s"]],
          [t("sheet.health"), ["g", "h"]],
          [t("sheet.zen"), ["f"]],
          [t("sheet.palette"), [MOD, "K"]],
          [t("sheet.this_sheet"), ["?"]],
        ],
      ],
    ],
    [
      [
        t("sheet.act"),
        [
          [t("sheet.approve_go_on"), ["a"]],
          [t("sheet.approve_editor"), [MOD, "⏎"]],
          [t("act.edit"), ["e"]],
          [t("act.regenerate"), ["r"]],
          [t("act.hide"), ["h"]],
          [t("sheet.done"), ["d"]],
          [t("act.snooze"), ["s"]],
          [t("act.escalate"), ["!"]],
          [t("act.undo"), ["z"]],
        ],
      ],
    ],
    [
      [t("sheet.correct"), LABELS.map((label, at): [string, string[]] => [t(`label.${label}`), [String(at + 1)]])],
      [
        t("sheet.pick"),
        [
          [t("sheet.pick_toggle"), ["x"]],
          [t("sheet.pick_range"), ["⇧", "x"]],
        ],
      ],
      [t("sheet.anywhere"), [[t("sheet.stop"), [MOD, "⇧", "."]]]],
    ],
  ];
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog sheet" data-testid="shortcut-sheet" onCloseAutoFocus={returnFocus}>
          <header>
            <Dialog.Title asChild>
              <h2>{t("sheet.title")}</h2>
            </Dialog.Title>
            <Dialog.Description className="muted grow">{t(letters ? "sheet.note" : "sheet.off")}</Dialog.Description>
            <Dialog.Close asChild>
              <button type="button" className="btn-icon" aria-label={t("common.close")}>
                <Icon of={X} />
              </button>
            </Dialog.Close>
          </header>
          <div className="sheet-columns">
            {columns.map((groups, at) => (
              <div key={at}>
                {groups.map(([title, lines]) => (
                  <section key={title}>
                    <h3>{title}</h3>
                    <dl>
                      {lines.map(([name, pressed]) => (
                        <div key={name}>
                          <dt>{name}</dt>
                          <dd>
                            {pressed.map((key) => (
                              <kbd key={key}>{key}</kbd>
                            ))}
                          </dd>
                        </div>
                      ))}
                    </dl>
                  </section>
                ))}
              </div>
            ))}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
