import { Search, type LucideIcon } from "lucide-react";
import { Command } from "cmdk";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Label } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { useAfterClose, type AfterClose } from "@/shared/useAfterClose";
import { useReturnFocus } from "@/shared/useReturnFocus";
import { findWords, matchOf } from "./matching";

export interface PaletteCommand {
  group: string;
  words: string;
  icon?: LucideIcon;
  /** Shown by its colour in the place of the icon. */
  label?: Label;
  keys?: string[];
  run: () => void;
}

export interface PaletteProps {
  open: boolean;
  commands: PaletteCommand[];
  /** Whose comment the commands of the first group act on. */
  about: string | null;
  onOpenChange: (open: boolean) => void;
}

export function Palette(props: PaletteProps) {
  const { open, onOpenChange } = props;
  const { t } = useTranslation();
  const returnFocus = useReturnFocus(open);
  const afterClose = useAfterClose();
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          className="dialog palette"
          data-testid="palette"
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            returnFocus(event);
            afterClose.run();
          }}
        >
          <Dialog.Title className="unseen">{t("palette.title")}</Dialog.Title>
          <Body {...props} onChoose={afterClose.choose} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Body({ commands, about, onOpenChange, onChoose }: PaletteProps & { onChoose: AfterClose["choose"] }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <Command label={t("palette.title")} loop filter={(_, typed, [words = "", group = ""] = []) => matchOf(typed, words, group)}>
      <div className="palette-field">
        <Icon of={Search} />
        <Command.Input placeholder={t("palette.placeholder")} value={search} onValueChange={setSearch} />
        {about ? <bdi className="palette-about clip">{about}</bdi> : null}
      </div>
      <Command.List>
        <Command.Empty>{t("palette.none")}</Command.Empty>
        {groups.map((group) => (
          <Command.Group key={group} heading={group}>
            {commands
              .filter((command) => command.group === group)
              .map(({ words, icon, label, keys, run }) => (
                <Command.Item
                  key={words}
                  value={`${group} ${words}`}
                  keywords={[words, group]}
                  onSelect={() => {
                    onChoose(run);
                    onOpenChange(false);
                  }}
                >
                  <span className="palette-sign">{label ? <i className={`label-dot label-${label}`} /> : icon ? <Icon of={icon} /> : null}</span>
                  <span className="grow clip">
                    <Found words={words} search={search} />
                  </span>
                  {keys?.map((key) => <kbd key={key}>{key}</kbd>)}
                </Command.Item>
              ))}
          </Command.Group>
        ))}
      </Command.List>
      <footer className="palette-foot" aria-hidden="true">
        <span>
          <kbd>↑</kbd>
          <kbd>↓</kbd> {t("palette.choose")}
        </span>
        <span>
          <kbd>⏎</kbd> {t("palette.run")}
        </span>
        <span className="grow" />
        <span>
          <kbd>Esc</kbd> {t("palette.close")}
        </span>
      </footer>
    </Command>
  );
}

/** The typed letters in the command's words, in bold. */
function Found({ words, search }: { words: string; search: string }) {
  const found = findWords(search, words);
  if (!found) return <>{words}</>;
  return (
    <>
      {words.slice(0, found.start)}
      <b>{words.slice(found.start, found.end)}</b>
      {words.slice(found.end)}
    </>
  );
}
