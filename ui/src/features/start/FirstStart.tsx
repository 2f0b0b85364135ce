import { ArrowLeft, Globe, KeyRound, Lock, Power } from "lucide-react";
import { useState, type FormEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AppState, CommandError, SecretBackend } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { Icon, InstagramIcon } from "@/shared/Icon";
import { MOD } from "@/shared/keys";
import { Frame } from "./Frame";
import { Refused } from "./Refused";

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
  /** There is a page to go back to. */
  onBack?: (() => void) | undefined;
}

export function FirstStart({ state, foot, onState, onSecrets, onBack }: FirstStartProps) {
  const { t } = useTranslation();
  const backend = useBackend();
  const [connecting, setConnecting] = useState(false);
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
      {connecting ? (
        <ConnectInstagram
          secrets={state.secrets}
          onState={onState}
          onSecrets={onSecrets}
          onBack={() => {
            setConnecting(false);
          }}
        />
      ) : (
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
            onClick={() => {
              setConnecting(true);
            }}
          >
            <span className="start-pictures" aria-hidden="true">
              <span className="start-platform">
                <InstagramIcon size={20} />
              </span>
            </span>
            <b>{t("start.connect")}</b>
            <span className="start-text">{t("start.connect_text")}</span>
            <span className="start-go">{t("start.connect_go")}</span>
          </button>
        </div>
      )}
      {error ? <Refused error={error} /> : null}
      {onBack && !connecting ? (
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

function ConnectInstagram({ secrets, onState, onSecrets, onBack }: { secrets: SecretBackend; onState: (state: AppState) => void; onSecrets: () => void; onBack: () => void }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [error, setError] = useState<CommandError | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const value = token.trim();
    setError(null);
    if (value === "") {
      setProblem(t("start.token_missing"));
      return;
    }
    if (/\s/u.test(value)) {
      setProblem(t("start.token_odd"));
      return;
    }
    setProblem(null);
    setBusy(true);
    try {
      onState(await backend.call("connect_instagram", { token: value }));
    } catch (thrown) {
      const failed = toCommandError(thrown);
      if (failed.code === "secrets_unavailable") onSecrets();
      else setError(failed);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="start-form" aria-label={t("start.token_title")} onSubmit={(event) => void submit(event)}>
      <h2>
        <InstagramIcon size={18} /> {t("start.token_title")}
      </h2>
      <p className="support">{t("start.token_text")}</p>
      <label>
        <span>{t("start.token")}</span>
        <span className="field" data-invalid={problem !== null}>
          <Icon of={KeyRound} size={14} />
          <input
            type="password"
            autoComplete="off"
            spellCheck={false}
            autoFocus
            value={token}
            aria-invalid={problem !== null}
            aria-describedby="token-note"
            data-testid="instagram-token"
            onChange={(event) => {
              setToken(event.target.value);
              setProblem(null);
            }}
          />
        </span>
      </label>
      <p id="token-note" className={problem ? "over" : "muted"} role={problem ? "alert" : undefined}>
        {problem ?? t(`start.token_keep.${secrets}`)}
      </p>
      {error ? <Refused error={error} /> : null}
      <div className="start-form-do">
        <button type="button" className="btn btn-quiet" onClick={onBack}>
          <Icon of={ArrowLeft} size={14} />
          {t("common.back")}
        </button>
        <span className="grow" />
        {busy ? (
          <span className="muted start-busy" role="status">
            <span className="spinner" />
            {t("start.checking")}
          </span>
        ) : null}
        <button type="submit" className="btn btn-primary" disabled={busy}>
          {t("start.connect_button")}
        </button>
      </div>
    </form>
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
