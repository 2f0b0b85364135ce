import { Hash, KeyRound, Link2, Lock, type LucideIcon } from "lucide-react";
import { useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, SecretBackend } from "@/contract/contract";
import { failureOf } from "@/backend/failure";
import { Icon } from "@/shared/Icon";
import { Failed } from "@/backend/Failed";
import { Address, ADDRESS, Guide } from "./Guide";
import { SecretField } from "./SecretField";
import { Step, StepFoot } from "./Step";
import { FIELD_OF, problemOfPart, type Typed } from "./typed";
import { APP_PARTS, type AppPart } from "./ways";

interface Props {
  titleRef: RefObject<HTMLHeadingElement | null>;
  part: AppPart;
  typed: Typed;
  signInAt: string | null;
  secrets: SecretBackend;
  busy: boolean;
  error: CommandError | null;
  onTyped: (part: Partial<Typed>) => void;
  /** `null` leads out of these parts. */
  onPart: (part: AppPart | null) => void;
  onOpen: () => void;
  onSecrets: () => void;
  onSubmit: () => void;
}

const ICON: Record<Exclude<AppPart, "open">, LucideIcon> = { app_id: Hash, app_secret: KeyRound, redirect: Link2, address: Link2 };

/** One value of the user's own Meta app, or the sign-in with it. */
export function AppStep(props: Props) {
  const { titleRef, part, typed, signInAt, secrets, busy, error, onTyped, onPart, onOpen, onSubmit } = props;
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const words = `connect.instagram_code.${part}`;
  const at = APP_PARTS.indexOf(part);
  const problem = problemOfPart(part, typed);
  const submit = () => {
    setAsked(true);
    if (busy || problem !== null) return;
    if (part === "open") onOpen();
    else if (part === "address") onSubmit();
    else onPart(APP_PARTS[at + 1] ?? null);
  };
  return (
    <Step
      titleRef={titleRef}
      title={t(`${words}.title`)}
      lead={t(`${words}.lead`)}
      onSubmit={submit}
      foot={
        <StepFoot
          back={t("common.back")}
          onBack={() => {
            onPart(APP_PARTS[at - 1] ?? null);
          }}
          next={t(part === "open" ? "connect.to_instagram" : part === "address" ? "start.connect_button" : "connect.next")}
          busy={busy ? t(part === "open" ? "connect.opening_browser" : "start.checking") : null}
        />
      }
    >
      <Guide of={`${words}.steps`} address={part === "app_id" ? ADDRESS.instagram_code : undefined} />
      {part === "address" && signInAt !== null ? (
        <p className="connect-elsewhere muted">
          {t("connect.browser_shut")} <Address address={signInAt} />
        </p>
      ) : null}
      {part === "open" ? null : (
        <SecretField
          label={t(`${words}.label`)}
          testid={`app-${part}`}
          value={typed[FIELD_OF[part]]}
          problem={asked && problem !== null ? t(problem) : null}
          note={t(`${words}.note`)}
          open={part === "app_id" || part === "redirect"}
          icon={ICON[part]}
          busy={busy}
          autoFocus
          onChange={(value) => {
            onTyped({ [FIELD_OF[part]]: value });
          }}
        />
      )}
      {error ? <Refusal {...props} error={error} /> : null}
      {part === "app_secret" || part === "address" ? (
        <p className="connect-keep muted">
          <Icon of={Lock} size={14} />
          {t(part === "app_secret" ? "connect.instagram_code.app_secret.keep" : `connect.instagram_code.address.keep.${secrets}`)}
        </p>
      ) : null}
    </Step>
  );
}

/** What was refused, and the step that it is mended at. */
function Refusal({ part, error, onPart, onSecrets }: Props & { error: CommandError }) {
  const { t } = useTranslation();
  const { next } = failureOf(error);
  const to = (where: AppPart, words: string) => (
    <button
      type="button"
      className="btn btn-small"
      onClick={() => {
        onPart(where);
      }}
    >
      {t(words)}
    </button>
  );
  const browserAgain = part === "address" && (next === "sign_in" || error.code === "invalid");
  return (
    <Failed error={error} {...(browserAgain ? { advice: t("connect.step_again_text") } : {})}>
      {next === "secrets" ? (
        <button type="button" className="btn btn-small" onClick={onSecrets}>
          {t("secrets.choose")}
        </button>
      ) : next === "retry" ? (
        <button type="submit" className="btn btn-small">
          {t("common.retry")}
        </button>
      ) : browserAgain ? (
        <>
          {to("open", "connect.step_again")}
          {next === "sign_in" ? to("app_secret", "connect.look_at_secret") : null}
        </>
      ) : null}
    </Failed>
  );
}
