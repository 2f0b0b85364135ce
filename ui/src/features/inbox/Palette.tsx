import { Search } from "lucide-react";
import { Command } from "cmdk";
import { Dialog } from "radix-ui";
import { useTranslation } from "react-i18next";
import { Icon } from "@/shared/Icon";
import { useReturnFocus } from "@/shared/useReturnFocus";

export interface PaletteCommand {
  group: string;
  words: string;
  keys?: string[];
  run: () => void;
}

export function Palette({ open, commands, onOpenChange }: { open: boolean; commands: PaletteCommand[]; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation();
  const returnFocus = useReturnFocus(open);
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog palette" data-testid="palette" aria-describedby={undefined} onCloseAutoFocus={returnFocus}>
          <Dialog.Title className="unseen">{t("palette.title")}</Dialog.Title>
          <Command label={t("palette.title")} loop>
            <div className="palette-field">
              <Icon of={Search} />
              <Command.Input placeholder={t("palette.placeholder")} />
            </div>
            <Command.List>
              <Command.Empty>{t("palette.none")}</Command.Empty>
              {groups.map((group) => (
                <Command.Group key={group} heading={group}>
                  {commands
                    .filter((command) => command.group === group)
                    .map((command) => (
                      <Command.Item
                        key={command.words}
                        value={`${group} ${command.words}`}
                        onSelect={() => {
                          onOpenChange(false);
                          // The dialog gives the focus back first.
                          setTimeout(command.run, 0);
                        }}
                      >
                        <span className="grow">{command.words}</span>
                        {command.keys?.map((key) => <kbd key={key}>{key}</kbd>)}
                      </Command.Item>
                    ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
