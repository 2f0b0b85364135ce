import { Popover } from "radix-ui";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { dayAndTime, inAnHour, nextMondayAtNine, tomorrowAtNine } from "@/shared/time";
import { useReturnFocus } from "@/shared/useReturnFocus";

/** Local time as the field writes it. */
function fieldValue(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** Some web views show this field as plain text, so a space instead of the T is taken as well. */
function parseField(value: string): number | null {
  const at = new Date(value.trim().replace(" ", "T")).getTime();
  return Number.isNaN(at) ? null : at;
}

export function SnoozePopover({ open, onOpenChange, onPick, children }: { open: boolean; onOpenChange: (open: boolean) => void; onPick: (until: number) => void; children: ReactNode }) {
  const { t } = useTranslation();
  const returnFocus = useReturnFocus(open);
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Anchor asChild>{children}</Popover.Anchor>
      <Popover.Portal>
        <Popover.Content className="popover snooze-popover" data-testid="snooze-menu" side="top" align="end" sideOffset={8} collisionPadding={12} aria-label={t("snooze.title")} onCloseAutoFocus={returnFocus}>
          <Choices
            onPick={(until) => {
              onOpenChange(false);
              onPick(until);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Choices({ onPick }: { onPick: (until: number) => void }) {
  const { t, i18n } = useTranslation();
  const [now] = useState(Date.now);
  const [picked, setPicked] = useState(() => fieldValue(tomorrowAtNine(now)));
  const [late, setLate] = useState(false);
  const choices: [string, number][] = [
    ["hour", inAnHour(now)],
    ["tomorrow", tomorrowAtNine(now)],
    ["monday", nextMondayAtNine(now)],
  ];
  return (
    <>
      <header>
        <b>{t("snooze.title")}</b>
      </header>
      <div
        className="snooze-choices"
        onKeyDown={(event) => {
          const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
          if (step === 0) return;
          event.preventDefault();
          const all = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("button")];
          const at = all.findIndex((each) => each === document.activeElement);
          all[(at + step + all.length) % all.length]?.focus();
        }}
      >
        {choices.map(([name, at]) => (
          <button
            key={name}
            type="button"
            className="menu-item"
            data-testid={`snooze-${name}`}
            onClick={() => {
              onPick(at);
            }}
          >
            <span className="grow">{t(`snooze.${name}`)}</span>
            <span className="muted">{dayAndTime(at, i18n.language)}</span>
          </button>
        ))}
      </div>
      <form
        className="snooze-pick"
        onSubmit={(event) => {
          event.preventDefault();
          const at = parseField(picked);
          if (at === null || at <= Date.now()) setLate(true);
          else onPick(at);
        }}
      >
        <label className="grow">
          <span className="muted">{t("snooze.pick")}</span>
          <span className="field" data-invalid={late}>
            <input
              type="datetime-local"
              value={picked}
              aria-invalid={late}
              onChange={(event) => {
                setPicked(event.target.value);
                setLate(false);
              }}
            />
          </span>
          {late ? (
            <small role="alert" className="over">
              {t("snooze.past")}
            </small>
          ) : null}
        </label>
        <button type="submit" className="btn">
          {t("snooze.confirm")}
        </button>
      </form>
    </>
  );
}
