import { Check, Pause, TriangleAlert } from "lucide-react";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, RelayView } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { failureOf } from "@/backend/failure";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { ago, localeOf } from "@/shared/time";
import { Section } from "./Engine";

interface Props {
  relay: RelayView;
  now: number;
  onKept: () => void;
}

/** What the platforms push to this computer, and how that is switched on. */
export function Relay({ relay, now, onKept }: Props) {
  const { t, i18n } = useTranslation();
  const [changing, setChanging] = useState(false);
  const number = (value: number) => new Intl.NumberFormat(localeOf(i18n.language)).format(value);
  const tone = !relay.enabled ? "idle" : relay.listening_on === null || relay.error !== null ? "warn" : "ok";
  const facts: [string, string][] = [
    [t("relay.forwards_to"), relay.listening_on ?? "–"],
    [t("relay.last"), relay.last_delivery_at === null ? t("relay.none_yet") : ago(relay.last_delivery_at, i18n.language, now)],
    [t("relay.deliveries"), number(relay.deliveries)],
    [t("relay.refused"), number(relay.refused)],
    [t("relay.waiting"), number(relay.waiting)],
    [t("relay.given_up"), number(relay.given_up)],
  ];
  return (
    <Section title={t("relay.title")} note={t("relay.note")}>
      <p className="line">
        <span className="stands" data-tone={tone} data-testid="relay-state">
          <Icon of={tone === "ok" ? Check : tone === "warn" ? TriangleAlert : Pause} size={14} />
          {t(!relay.enabled ? "relay.off" : relay.listening_on === null ? "relay.not_listening" : "relay.on")}
        </span>
        <button
          type="button"
          className="btn btn-small"
          data-testid="relay-change"
          aria-expanded={changing}
          onClick={() => {
            setChanging(!changing);
          }}
        >
          {t("relay.change")}
        </button>
      </p>
      {relay.error === null ? null : <Said words={relay.error}>{t("relay.failed")}</Said>}
      {relay.last_note === null ? null : <Said words={relay.last_note}>{t("relay.put_off")}</Said>}
      {relay.enabled ? (
        <dl className="facts">
          {facts.map(([word, value]) => (
            <div key={word}>
              <dt>{word}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {changing ? (
        <RelayForm
          relay={relay}
          onKept={() => {
            setChanging(false);
            onKept();
          }}
        />
      ) : null}
    </Section>
  );
}

const PORTS = { least: 1_024, most: 65_535 };

function RelayForm({ relay, onKept }: { relay: RelayView; onKept: () => void }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const [enabled, setEnabled] = useState(relay.enabled);
  const [port, setPort] = useState(String(relay.port));
  const [token, setToken] = useState("");
  const [secrets, setSecrets] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CommandError | null>(null);
  const number = /^\d{1,5}$/u.test(port.trim()) ? Number(port) : NaN;
  const fits = number >= PORTS.least && number <= PORTS.most;
  const given = secrets.split("\n").map((each) => each.trim()).filter(Boolean);
  const lacks = enabled && ((token.trim() === "" && !relay.has_verify_token) || (given.length === 0 && relay.app_secrets === 0));
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!fits || lacks || busy) return;
    setBusy(true);
    setError(null);
    try {
      await backend.call("set_relay", { enabled, port: number, verify_token: token.trim() === "" ? null : token.trim(), app_secrets: given.length === 0 ? null : given });
      onKept();
    } catch (thrown) {
      setError(toCommandError(thrown));
      setBusy(false);
    }
  };
  return (
    <form className="relay-form" data-testid="relay-form" onSubmit={(event) => void save(event)}>
      <label className="relay-switch">
        <input
          type="checkbox"
          checked={enabled}
          onChange={(event) => {
            setEnabled(event.target.checked);
          }}
        />
        {t("relay.receive")}
      </label>
      <label>
        <span>{t("relay.port")}</span>
        <span className="field" data-invalid={!fits}>
          <input
            inputMode="numeric"
            value={port}
            aria-invalid={!fits}
            onChange={(event) => {
              setPort(event.target.value);
            }}
          />
        </span>
        <small className={fits ? "muted" : "over"}>{t("relay.port_range")}</small>
      </label>
      <label>
        <span>{t("relay.verify_token")}</span>
        <span className="field">
          <input
            type="password"
            autoComplete="off"
            spellCheck={false}
            data-testid="relay-token"
            placeholder={relay.has_verify_token ? t("relay.kept") : ""}
            value={token}
            onChange={(event) => {
              setToken(event.target.value);
            }}
          />
        </span>
        <small className="muted">{t("relay.verify_token_note")}</small>
      </label>
      <label>
        <span>{t("relay.app_secrets")}</span>
        <span className="field">
          <textarea
            rows={2}
            autoComplete="off"
            spellCheck={false}
            className="relay-secrets"
            data-testid="relay-secrets"
            placeholder={relay.app_secrets > 0 ? t("relay.kept_secrets", { count: relay.app_secrets }) : ""}
            value={secrets}
            onChange={(event) => {
              setSecrets(event.target.value);
            }}
          />
        </span>
        <small className="muted">{t("relay.app_secrets_note")}</small>
      </label>
      {lacks ? <p className="muted">{t("relay.lacks")}</p> : null}
      {error ? (
        <div className={`tell tell-${failureOf(error).severity}`} role="alert">
          <Icon of={TriangleAlert} />
          <b>{t(failureOf(error).title)}</b>
          <Said words={error.message} open={failureOf(error).tells ?? false}>
            {t(failureOf(error).advice)}
          </Said>
        </div>
      ) : null}
      <button type="submit" className="btn btn-primary btn-small" data-testid="relay-save" disabled={!fits || lacks || busy}>
        {t("settings.save")}
      </button>
    </form>
  );
}
