import { Lock } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, SecretBackend } from "@/contract/contract";
import { failureOf } from "@/backend/failure";
import { Icon } from "@/shared/Icon";
import { Failed } from "@/backend/Failed";
import { ADDRESS, Guide } from "./Guide";
import { SecretField } from "./SecretField";
import { Step, StepFoot } from "./Step";
import { problemsOf, type Typed } from "./typed";
import { WORDS, type Way } from "./ways";

interface Props {
  way: Way;
  typed: Typed;
  secrets: SecretBackend;
  busy: boolean;
  /** The last try was cancelled here or in the browser. */
  cancelled: boolean;
  error: CommandError | null;
  onTyped: (part: Partial<Typed>) => void;
  onSecrets: () => void;
  onCancel: () => void;
  onBack: () => void;
  onSubmit: () => void;
}

/** The steps at Meta or Google, and the fields for what they give. */
export function SignInStep(props: Props) {
  const { way, typed, secrets, busy, cancelled, error, onSecrets, onCancel, onBack, onSubmit } = props;
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const problems = asked ? problemsOf(way, typed) : {};
  const problem = (field: keyof Typed) => (problems[field] ? t(problems[field]) : null);
  const browser = way === "youtube";
  const submit = () => {
    setAsked(true);
    if (!busy && Object.keys(problemsOf(way, typed)).length === 0) onSubmit();
  };
  if (busy && browser) return <InBrowser onCancel={onCancel} />;
  return (
    <Step
      title={t(`connect.${WORDS[way]}.title`)}
      lead={t(`connect.${WORDS[way]}.lead`)}
      onSubmit={submit}
      foot={<StepFoot back={t("common.back")} onBack={onBack} next={t(browser ? "connect.to_browser" : "start.connect_button")} busy={busy ? t("start.checking") : null} backWhileBusy />}
    >
      <Guide of={`connect.${WORDS[way]}.steps`} address={ADDRESS[way]} />
      <Fields {...props} problem={problem} />
      {cancelled && !error ? (
        <p className="muted" role="status">
          {t("connect.cancelled")}
        </p>
      ) : null}
      {error ? (
        <Failed error={error}>
          {failureOf(error).next === "secrets" ? (
            <button type="button" className="btn btn-small" onClick={onSecrets}>
              {t("secrets.choose")}
            </button>
          ) : failureOf(error).next === "retry" ? (
            <button type="submit" className="btn btn-small">
              {t("common.retry")}
            </button>
          ) : null}
        </Failed>
      ) : null}
      <p className="connect-keep muted">
        <Icon of={Lock} size={14} />
        {t(`start.token_keep.${secrets}`)}
      </p>
    </Step>
  );
}

/** What the platform gave, to be pasted. */
function Fields({ way, typed, busy, onTyped, problem }: Props & { problem: (field: keyof Typed) => string | null }) {
  const { t } = useTranslation();
  const field = (name: keyof Typed, label: string, testid: string, more: { note?: string; autoFocus?: boolean; open?: boolean } = {}) => (
    <SecretField
      label={label}
      testid={testid}
      value={typed[name]}
      problem={problem(name)}
      busy={busy}
      {...more}
      onChange={(value) => {
        onTyped({ [name]: value });
      }}
    />
  );
  switch (way) {
    case "youtube":
      return (
        <>
          {field("clientId", t("connect.client_id"), "client-id", { note: t("connect.client_id_note"), autoFocus: true })}
          {field("clientSecret", t("connect.client_secret"), "client-secret")}
        </>
      );
    case "telegram":
      return (
        <>
          {field("botToken", t("connect.bot_token"), "bot-token", { note: t("connect.telegram.token_note"), autoFocus: true })}
          {field("chat", t("connect.chat"), "chat", { note: t("connect.chat_note"), open: true })}
        </>
      );
    default:
      return field("token", t("start.token"), "connect-token", { note: t(`connect.${WORDS[way]}.token_note`), autoFocus: true });
  }
}

/** The person is in the browser; here nothing can be done but to wait or to give up. */
function InBrowser({ onCancel }: { onCancel: () => void }) {
  const { t } = useTranslation();
  return (
    <Step
      title={t("connect.waiting")}
      lead={t("connect.waiting_text")}
      onSubmit={() => undefined}
      foot={
        <>
          <span className="muted connect-busy" role="status">
            <span className="spinner" />
            {t("connect.waiting_status")}
          </span>
          <span className="grow" />
          <button type="button" className="btn" autoFocus data-testid="cancel-sign-in" onClick={onCancel}>
            {t("common.cancel")}
          </button>
        </>
      }
    >
      <ol className="connect-guide">
        {(t("connect.waiting_steps", { returnObjects: true }) as string[]).map((step) => (
          <li key={step}>
            <span>{step}</span>
          </li>
        ))}
      </ol>
    </Step>
  );
}
