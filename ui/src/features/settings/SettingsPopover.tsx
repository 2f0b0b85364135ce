import { Settings as SettingsIcon, TriangleAlert, X } from "lucide-react";
import { Popover, Switch } from "radix-ui";
import { useEffect, useId, useState, type FormEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AppState, Appearance, CommandError, ProviderSettings, ProviderTest, SecretBackend, Settings } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { failureOf } from "@/backend/failure";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { Segments } from "@/shared/Segments";
import "./settings.css";

const HOLD_MAX = 600;
const INTERVAL = { min: 15, max: 3_600 };

export interface SettingsPopoverProps {
  open: boolean;
  state: AppState;
  onOpenChange: (open: boolean) => void;
  /** Shows the change at once; resolves with what was kept. */
  onSettings: (settings: Settings) => Promise<Settings>;
  onKept: (settings: Settings) => void;
  onSheet: () => void;
  onSecrets: () => void;
  onConnect: () => void;
}

export function SettingsPopover(props: SettingsPopoverProps) {
  const { open, onOpenChange } = props;
  const { t } = useTranslation();
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger asChild>
        <button type="button" className="rail-item" aria-label={t("app.settings")} title={t("app.settings")} data-testid="settings-open">
          <Icon of={SettingsIcon} size={18} />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover settings" data-testid="settings" side="right" align="end" sideOffset={10} collisionPadding={12} aria-label={t("settings.title")}>
          <header>
            <b className="grow">{t("settings.title")}</b>
            <Popover.Close asChild>
              <button type="button" className="btn-icon" aria-label={t("common.close")}>
                <Icon of={X} />
              </button>
            </Popover.Close>
          </header>
          <Body {...props} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

type Section = "appearance" | "sending" | "ai";

function Body({ state, onSettings, onKept, onSheet, onSecrets, onConnect }: SettingsPopoverProps) {
  const { t } = useTranslation();
  const { settings } = state;
  const { appearance } = settings;
  const [refused, setRefused] = useState<{ section: Section; error: CommandError } | null>(null);
  const change = (section: Section, next: Settings) => {
    setRefused(null);
    onSettings(next).catch((thrown: unknown) => {
      setRefused({ section, error: toCommandError(thrown) });
    });
  };
  const look = (next: Partial<Appearance>) => {
    change("appearance", { ...settings, appearance: { ...appearance, ...next } });
  };
  // Where the change was made, or it is out of sight below the fold.
  const refusal = (section: Section) => (refused?.section === section ? <Refused error={refused.error} /> : null);
  return (
    <div className="settings-body">
      {state.settings_error ? (
        <div className="tell tell-warn settings-fault" data-testid="settings-fault">
          <Icon of={TriangleAlert} />
          <b>{t("banner.settings")}</b>
          <Said words={state.settings_error}>{t("banner.settings_text")}</Said>
          <p>{t("banner.settings_do")}</p>
        </div>
      ) : null}
      <section>
        <h3>{t("settings.appearance")}</h3>
        <Line words={t("settings.theme")}>
          <Segments
            label={t("settings.theme")}
            value={appearance.theme}
            options={(["system", "light", "dark"] as const).map((value) => ({ value, text: t(`settings.theme_${value}`) }))}
            onChange={(theme) => {
              look({ theme });
            }}
          />
        </Line>
        <Line words={t("settings.language")}>
          <Segments
            label={t("settings.language")}
            value={appearance.language}
            options={[
              { value: "system", text: t("settings.language_system") },
              { value: "en", text: "English" },
              { value: "ru", text: "Русский" },
            ]}
            onChange={(language) => {
              look({ language });
            }}
          />
        </Line>
        <Line words={t("settings.density")}>
          <Segments
            label={t("settings.density")}
            value={appearance.density}
            options={(["comfortable", "compact"] as const).map((value) => ({ value, text: t(`settings.density_${value}`) }))}
            onChange={(density) => {
              look({ density });
            }}
          />
        </Line>
        <Line words={t("settings.shortcuts")}>
          <button type="button" className="btn btn-quiet btn-small" onClick={onSheet}>
            {t("settings.shortcuts_sheet")} <kbd>?</kbd>
          </button>
          <Toggle
            label={t("settings.shortcuts")}
            on={appearance.shortcuts}
            onChange={(shortcuts) => {
              look({ shortcuts });
            }}
          />
        </Line>
        {refusal("appearance")}
      </section>
      <section>
        <h3>{t("settings.sending")}</h3>
        <Seconds
          words={t("settings.hold")}
          range={t("settings.hold_range")}
          min={0}
          max={HOLD_MAX}
          value={settings.hold_seconds}
          onChange={(hold_seconds) => {
            change("sending", { ...settings, hold_seconds });
          }}
        />
        <Seconds
          words={t("settings.interval")}
          range={t("settings.interval_range")}
          min={INTERVAL.min}
          max={INTERVAL.max}
          value={settings.sync_interval_seconds}
          onChange={(sync_interval_seconds) => {
            change("sending", { ...settings, sync_interval_seconds });
          }}
        />
        {refusal("sending")}
      </section>
      <Provider
        provider={settings.provider}
        fallBack={settings.fall_back_to_local}
        secrets={state.secrets}
        refusal={refusal("ai")}
        onKept={onKept}
        onFallBack={(fall_back_to_local) => {
          change("ai", { ...settings, fall_back_to_local });
        }}
      />
      <section>
        <h3>{t("accounts.label")}</h3>
        <div className="settings-line">
          <span className="grow">
            {t("settings.connect")}
            <small className="muted">{t("settings.connect_text")}</small>
          </span>
          <button type="button" className="btn btn-small" data-testid="settings-connect" onClick={onConnect}>
            {t("settings.connect_go")}
          </button>
        </div>
      </section>
      <section>
        <h3>{t("app.name")}</h3>
        <Line words={t("secrets.kept_in")}>
          <span className="muted">{t(`secrets.${state.secrets}`)}</span>
          {state.secrets === "unavailable" ? (
            <button type="button" className="btn btn-small" onClick={onSecrets}>
              {t("secrets.choose")}
            </button>
          ) : null}
        </Line>
        <Line words={t("settings.models")}>
          <span className="muted">{state.models.state === "loading" ? t("settings.models_loading") : state.models.model}</span>
        </Line>
        {state.models.state === "fallback" ? (
          <div className="settings-note">
            <p>{t("start.model_fallback")}.</p>
            <Said words={state.models.why} />
          </div>
        ) : null}
        <p className="muted">{t("settings.version", { version: state.version })}</p>
      </section>
    </div>
  );
}

function Refused({ error }: { error: CommandError }) {
  const { t } = useTranslation();
  const failure = failureOf(error);
  return (
    <div className="settings-error" role="alert" data-testid="settings-refused">
      <b>{t(failure.title)}.</b>
      <Said words={error.message} open={failure.tells}>
        {t(failure.advice)}
      </Said>
    </div>
  );
}

function Line({ words, children }: { words: string; children: ReactNode }) {
  return (
    <div className="settings-line">
      <span className="grow">{words}</span>
      {children}
    </div>
  );
}

function Toggle({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <Switch.Root className="switch" aria-label={label} checked={on} onCheckedChange={onChange}>
      <Switch.Thumb asChild>
        <span />
      </Switch.Thumb>
    </Switch.Root>
  );
}

function Seconds({ words, range, min, max, value, onChange }: { words: string; range: string; min: number; max: number; value: number; onChange: (value: number) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [typed, setTyped] = useState(String(value));
  useEffect(() => {
    setTyped(String(value));
  }, [value]);
  const number = Number(typed);
  const good = /^\d+$/u.test(typed.trim()) && number >= min && number <= max;
  return (
    <div className="settings-line">
      <label htmlFor={id} className="grow">
        {words}
        <small id={`${id}-range`} className={good ? "muted" : "over"} role={good ? undefined : "alert"}>
          {range}
        </small>
      </label>
      <span className="field settings-number" data-invalid={!good}>
        <input
          id={id}
          inputMode="numeric"
          value={typed}
          aria-invalid={!good}
          aria-describedby={`${id}-range`}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
          onBlur={() => {
            if (good && number !== value) onChange(number);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && good && number !== value) onChange(number);
          }}
        />
        <span>{t("settings.seconds")}</span>
      </span>
    </div>
  );
}

function Provider({ provider, fallBack, secrets, refusal, onKept, onFallBack }: { provider: ProviderSettings | null; fallBack: boolean; secrets: SecretBackend; refusal: ReactNode; onKept: (settings: Settings) => void; onFallBack: (on: boolean) => void }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const [address, setAddress] = useState(provider?.base_url ?? "");
  const [model, setModel] = useState(provider?.model ?? "");
  const [key, setKey] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [error, setError] = useState<CommandError | null>(null);
  const [busy, setBusy] = useState<"save" | "test" | null>(null);
  const [result, setResult] = useState<{ good: boolean; words: string; said?: string } | null>(null);

  const attempt = async (what: "save" | "test", run: () => Promise<void>) => {
    setBusy(what);
    setProblem(null);
    setError(null);
    setResult(null);
    try {
      await run();
    } catch (thrown) {
      setError(toCommandError(thrown));
    } finally {
      setBusy(null);
    }
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!/^https?:\/\/\S+$/u.test(address.trim())) {
      setProblem(t("settings.url_bad"));
      return;
    }
    if (model.trim() === "") {
      setProblem(t("settings.model_bad"));
      return;
    }
    void attempt("save", async () => {
      onKept(await backend.call("set_provider", { base_url: address.trim(), model: model.trim(), key: key === "" ? null : key }));
      setKey("");
      setResult({ good: true, words: t("settings.saved") });
    });
  };
  const test = () =>
    void attempt("test", async () => {
      const { ok, message, milliseconds }: ProviderTest = await backend.call("test_provider", null);
      setResult(ok ? { good: true, words: t("settings.test_ok", { message, ms: milliseconds }) } : { good: false, words: `${t("settings.test_bad")}.`, said: message });
    });
  const remove = () =>
    void attempt("save", async () => {
      onKept(await backend.call("set_provider", { base_url: null, model: null, key: null }));
      setAddress("");
      setModel("");
      setKey("");
    });
  const unsaved = address.trim() !== (provider?.base_url ?? "") || model.trim() !== (provider?.model ?? "") || key !== "";

  return (
    <section>
      <h3>{t("settings.ai")}</h3>
      <p className="muted">{t("settings.ai_text")}</p>
      <form onSubmit={save} className="settings-provider">
        <Text label={t("settings.base_url")} value={address} placeholder="https://api.example.com/v1" onChange={setAddress} />
        <Text label={t("settings.model")} value={model} placeholder="" onChange={setModel} />
        <Text label={t("settings.key")} value={key} secret placeholder={provider?.has_key ? t("settings.key_kept") : t(`settings.key_placeholder.${secrets}`)} onChange={setKey} />
        {problem ? (
          <p className="settings-error" role="alert">
            {problem}
          </p>
        ) : null}
        {error ? <Refused error={error} /> : null}
        {result ? (
          <div className={result.good ? "settings-good" : "settings-error"} role="status">
            <p>{result.words}</p>
            <Said words={result.said} />
          </div>
        ) : null}
        <div className="settings-do">
          <button type="submit" className="btn btn-small" disabled={!unsaved || busy !== null}>
            {t("settings.save")}
          </button>
          {provider ? (
            <>
              <button type="button" className="btn btn-small" disabled={unsaved || busy !== null} onClick={test}>
                {busy === "test" ? t("settings.testing") : t("settings.test")}
              </button>
              <button type="button" className="btn btn-quiet btn-small" disabled={busy !== null} onClick={remove}>
                {t("settings.remove")}
              </button>
            </>
          ) : null}
        </div>
      </form>
      {provider ? (
        <Line words={t("settings.fall_back")}>
          <Toggle label={t("settings.fall_back")} on={fallBack} onChange={onFallBack} />
        </Line>
      ) : null}
      {refusal}
    </section>
  );
}

function Text({ label, value, placeholder, secret = false, onChange }: { label: string; value: string; placeholder: string; secret?: boolean; onChange: (value: string) => void }) {
  return (
    <label className="settings-text">
      <span>{label}</span>
      <span className="field">
        <input
          type={secret ? "password" : "text"}
          autoComplete="off"
          spellCheck={false}
          value={value}
          placeholder={placeholder}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      </span>
    </label>
  );
}
