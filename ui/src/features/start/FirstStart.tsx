import { ArrowLeft, Globe, Lock, Power } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AppState, CommandError, PlatformName, SecretBackend } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { MOD } from "@/shared/keys";
import { Frame } from "./Frame";
import { Refused } from "./Refused";

/** Which can be connected, as a picture only. */
const PLATFORMS: PlatformName[] = ["instagram", "facebook", "youtube", "telegram"];

const FACT: Record<SecretBackend, string> = {
  keychain: "start.fact_keychain",
  encrypted_file: "start.fact_file",
  session_only: "start.fact_session",
  unavailable: "start.fact_none",
};

export interface FirstStartProps {
  state: AppState;
  foot: ReactNode;
  onState: (state: AppState) => void;
  onSecrets: () => void;
  onConnect: () => void;
  /** There is a page to go back to. */
  onBack?: (() => void) | undefined;
}

export function FirstStart({ state, foot, onState, onSecrets, onConnect, onBack }: FirstStartProps) {
  const { t } = useTranslation();
  const backend = useBackend();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CommandError | null>(null);

  const trySample = async () => {
    setBusy(true);
    setError(null);
    try {
      onState(await backend.call("start_sample", null));
    } catch (thrown) {
      const failed = toCommandError(thrown);
      if (failed.code === "secrets_unavailable") onSecrets();
      else setError(failed);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Frame foot={foot}>
      <h1>{t("start.headline")}</h1>
      <p className="start-lead">{t("start.lead")}</p>
        <div className="start-choices">
          <button type="button" className="start-choice" data-testid="first-start-sample" autoFocus disabled={busy} onClick={() => void trySample()}>
            <span className="start-pictures" aria-hidden="true">
              <Pan />
              <Pot />
              <Kettle />
            </span>
            <b>{t("start.sample")}</b>
            <span className="start-text">{t("start.sample_text")}</span>
            <span className="start-go">
              {busy ? (
                <>
                  <span className="spinner" />
                  {t("start.starting")}
                </>
              ) : (
                <>
                  {t("start.sample_go")} <kbd>⏎</kbd>
                </>
              )}
            </span>
          </button>
          <button
            type="button"
            className="start-choice"
            data-testid="first-start-connect"
            disabled={busy}
            onClick={onConnect}
          >
            <span className="start-pictures" aria-hidden="true">
              {PLATFORMS.map((platform) => (
                <span key={platform} className="start-platform">
                  <PlatformIcon platform={platform} size={20} />
                </span>
              ))}
            </span>
            <b>{t("start.connect")}</b>
            <span className="start-text">{t("start.connect_text")}</span>
            <span className="start-go">{t("start.connect_go")}</span>
          </button>
        </div>
      {error ? <Refused error={error} /> : null}
      {onBack ? (
        <div className="start-do">
          <button type="button" className="btn btn-quiet" disabled={busy} onClick={onBack}>
            <Icon of={ArrowLeft} size={14} />
            {t("common.back")}
          </button>
        </div>
      ) : null}
      <ul className="start-facts">
        <li>
          <Icon of={Lock} size={14} />
          {t(FACT[state.secrets])}
        </li>
        <li>
          <Icon of={Globe} size={14} />
          {t("start.fact_ai")}
        </li>
        <li>
          <Icon of={Power} size={14} />
          <span>
            {t("start.fact_stop")} <kbd>{MOD} ⇧ .</kbd>
          </span>
        </li>
      </ul>
    </Frame>
  );
}

function Pan() {
  return (
    <svg viewBox="0 0 40 40">
      <rect width="40" height="40" fill="#dcc7a4" />
      <circle cx="17" cy="17" r="11" fill="#2c2a28" />
      <circle cx="17" cy="17" r="4.5" fill="#e8b33d" />
      <path d="m25 25 9 9" stroke="#2c2a28" strokeWidth="4" strokeLinecap="round" />
    </svg>
  );
}

function Pot() {
  return (
    <svg viewBox="0 0 40 40">
      <rect width="40" height="40" fill="#e6d3cc" />
      <path d="M7 19h26v7c0 4-3 6-6 6H13c-3 0-6-2-6-6z" fill="#9c3d2e" />
      <path d="M6 18c2-6 8-8 14-8s12 2 14 8z" fill="#b4503f" />
      <circle cx="20" cy="9" r="2" fill="#5c241b" />
    </svg>
  );
}

function Kettle() {
  return (
    <svg viewBox="0 0 40 40">
      <rect width="40" height="40" fill="#c8d7d7" />
      <path d="M11 18h17l3 14H8z" fill="#2f6f6d" />
      <path d="M13 18c0-11 13-11 13 0" fill="none" stroke="#26302f" strokeWidth="2.5" />
      <path d="m30 22 5-3v5l-4 3z" fill="#2f6f6d" />
    </svg>
  );
}
