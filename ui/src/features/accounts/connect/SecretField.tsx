import { AtSign, Eye, EyeOff, KeyRound, type LucideIcon } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/shared/Icon";

interface Props {
  label: string;
  value: string;
  problem: string | null;
  note?: string;
  testid: string;
  autoFocus?: boolean;
  /** It is being tried; the field keeps the focus. */
  busy?: boolean;
  /** It is no secret, and never covered. */
  open?: boolean;
  /** What stands before it, where neither a key nor a name is asked for. */
  icon?: LucideIcon;
  onChange: (value: string) => void;
}

/** A key that is pasted: covered until the person asks to see it. */
export function SecretField({ label, value, problem, note, testid, autoFocus, busy = false, open = false, icon = open ? AtSign : KeyRound, onChange }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [shown, setShown] = useState(false);
  const under = problem ?? note;
  return (
    <div className="connect-field">
      <label htmlFor={id}>{label}</label>
      <span className="field" data-invalid={problem !== null}>
        <Icon of={icon} size={14} />
        <input
          id={id}
          type={shown || open ? "text" : "password"}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          autoFocus={autoFocus}
          readOnly={busy}
          value={value}
          aria-invalid={problem !== null}
          aria-describedby={under ? `${id}-note` : undefined}
          data-testid={testid}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
        {open ? null : <button
          type="button"
          className="btn btn-quiet btn-small"
          aria-pressed={shown}
          aria-label={t(shown ? "connect.hide_value" : "connect.show_value", { what: label })}
          onClick={() => {
            setShown(!shown);
          }}
        >
          <Icon of={shown ? EyeOff : Eye} size={14} />
          {t(shown ? "connect.hide" : "connect.show")}
        </button>}
      </span>
      {under ? (
        <small id={`${id}-note`} className={problem ? "over" : "muted"} role={problem ? "alert" : undefined}>
          {under}
        </small>
      ) : null}
    </div>
  );
}
