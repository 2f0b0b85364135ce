import { Check, Copy, Download, RefreshCw, TriangleAlert } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, DestinationHealth, HealthView, IndexHealth, WorkerHealth } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { failureOf } from "@/backend/failure";
import { useCommand } from "@/backend/queries";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { ago, clock, localeOf } from "@/shared/time";
import "./health.css";

const LOOK_MS = 3_000;

/** What the engine does now; read again every few seconds while it is on the screen. */
export function Health() {
  const { t, i18n } = useTranslation();
  const backend = useBackend();
  const health = useCommand("get_health", null, { refetchInterval: LOOK_MS });
  const [failed, setFailed] = useState<CommandError | null>(null);
  const [told, setTold] = useState("");
  const run = async (act: () => Promise<string>) => {
    setFailed(null);
    setTold("");
    try {
      setTold(await act());
      await health.refetch();
    } catch (thrown) {
      setFailed(toCommandError(thrown));
    }
  };
  const view = health.data;
  return (
    <main className="screen" data-testid="health">
      <div className="bar">
        <h1 tabIndex={-1} data-focus-home>
          {t("health.title")}
        </h1>
        {view ? <Verdict view={view} /> : null}
        <span className="grow" />
        {view ? <span className="muted nowrap">{t("health.read_at", { at: clock(view.now, i18n.language) })}</span> : null}
        <button
          type="button"
          className="btn btn-small"
          onClick={() =>
            void run(async () => {
              const { path } = await backend.call("export_diagnostics", null);
              return t("health.exported", { path });
            })
          }
        >
          <Icon of={Download} size={14} />
          {t("health.export")}
        </button>
      </div>
      <div className="screen-body">
        <p className="told" role="status">
          {told}
        </p>
        {failed ?? health.error ? <Failed error={(failed ?? health.error) as CommandError} onRetry={() => void health.refetch()} /> : null}
        {view ? (
          <>
            <Stages view={view} />
            <Destinations view={view} />
            <Errors workers={view.workers} />
            <Section title={t("health.index")} note={t("health.index_note")}>
              <Index index={view.index} onRebuild={() => void run(() => backend.call("rebuild_index", null).then(() => t("health.rebuild_started")))} />
            </Section>
            <Disk view={view} />
          </>
        ) : health.error ? null : (
          <p className="late muted">{t("health.loading")}</p>
        )}
      </div>
    </main>
  );
}

function Failed({ error, onRetry }: { error: CommandError; onRetry: () => void }) {
  const { t } = useTranslation();
  const failure = failureOf(error);
  return (
    <div className={`tell tell-${failure.severity}`} role="alert">
      <Icon of={TriangleAlert} />
      <b>{t(failure.title)}</b>
      <Said words={error.message}>{t(failure.advice)}</Said>
      <div className="tell-do">
        <button type="button" className="btn btn-small" onClick={onRetry}>
          {t("common.retry")}
        </button>
      </div>
    </div>
  );
}

function Verdict({ view }: { view: HealthView }) {
  const { t } = useTranslation();
  const resting = view.destinations.filter((each) => each.breaker.state !== "closed").length;
  const damaged = view.index.state === "damaged";
  const calm = resting === 0 && !damaged;
  return (
    <span className="stands" data-tone={damaged ? "bad" : calm ? "ok" : "warn"} data-testid="health-verdict">
      <Icon of={calm ? Check : TriangleAlert} size={14} />
      {damaged ? t("health.index_damaged") : calm ? t("health.working") : t("health.resting", { count: resting })}
    </span>
  );
}

function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2>
        {title}
        {note ? <small className="muted"> {note}</small> : null}
      </h2>
      {children}
    </section>
  );
}

function useLength(): (ms: number | null) => string {
  const { t, i18n } = useTranslation();
  return (ms) => {
    if (ms === null) return "–";
    const number = new Intl.NumberFormat(localeOf(i18n.language), { maximumFractionDigits: 1 });
    if (ms < 1_000) return t("health.ms", { value: number.format(ms) });
    return ms < 60_000 ? t("health.seconds", { value: number.format(ms / 1_000) }) : t("health.minutes", { value: number.format(ms / 60_000) });
  };
}

function Stages({ view }: { view: HealthView }) {
  const { t } = useTranslation();
  const length = useLength();
  return (
    <Section title={t("health.stages")} note={t("health.stages_note")}>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{t("health.stage")}</th>
            <th scope="col">{t("health.does")}</th>
            <th scope="col">{t("health.waiting")}</th>
            <th scope="col">{t("health.oldest")}</th>
            <th scope="col">{t("health.per_minute")}</th>
          </tr>
        </thead>
        <tbody>
          {view.stages.map((each) => (
            <tr key={each.stage} data-testid={`stage-${each.stage}`}>
              <th scope="row">{t(`health.at.${each.stage}`)}</th>
              <td className="support">{t(`health.at.${each.stage}_text`)}</td>
              <td>{each.waiting}</td>
              <td>{length(each.oldest_waiting_ms)}</td>
              <td className="muted">{each.per_minute}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function Destinations({ view }: { view: HealthView }) {
  const { t } = useTranslation();
  return (
    <Section title={t("health.destinations")} note={t("health.destinations_note")}>
      {view.destinations.length === 0 ? <p className="muted">{t("health.no_destinations")}</p> : null}
      <ul className="hosts">
        {view.destinations.map((each) => (
          <Destination key={each.host} of={each} now={view.now} />
        ))}
      </ul>
    </Section>
  );
}

function Destination({ of, now }: { of: DestinationHealth; now: number }) {
  const { t } = useTranslation();
  const length = useLength();
  const { breaker } = of;
  const words = breaker.state === "open" ? t("health.open", { count: Math.max(0, Math.ceil((breaker.until - now) / 1_000)) }) : t(`health.${breaker.state}`);
  return (
    <li>
      <b className="clip">{of.host}</b>
      <span className="stands" data-tone={breaker.state === "closed" ? "ok" : breaker.state === "open" ? "bad" : "warn"}>
        <Icon of={breaker.state === "closed" ? Check : TriangleAlert} size={12} />
        {words}
      </span>
      <small className="muted">{[t("health.calls", { count: of.calls_per_minute }), t("health.p95", { time: length(of.p95_ms) }), t("health.errors_hour", { count: of.errors })].join(" · ")}</small>
    </li>
  );
}

function Errors({ workers }: { workers: WorkerHealth[] }) {
  const { t, i18n } = useTranslation();
  const [copied, setCopied] = useState<string | null>(null);
  const errors = workers.flatMap(({ worker, last_error }) => (last_error ? [{ worker, ...last_error }] : [])).sort((a, b) => b.at - a.at);
  return (
    <Section title={t("health.errors")} note={t("health.errors_note")}>
      {errors.length === 0 ? <p className="muted">{t("health.no_errors")}</p> : null}
      <ul className="faults">
        {errors.map((each) => (
          <li key={each.reference}>
            <time className="muted">{clock(each.at, i18n.language)}</time>
            <div className="grow">
              <b>{t(`health.worker.${each.worker}`, { defaultValue: each.worker })}</b> <span className="muted">{[t("health.times", { count: each.times }), each.over ? t("health.over") : ""].filter(Boolean).join(" · ")}</span>
              <Said words={each.message} />
            </div>
            <button
              type="button"
              className="btn btn-quiet btn-small"
              aria-label={t("health.copy", { reference: each.reference })}
              onClick={() =>
                void navigator.clipboard.writeText(each.reference).then(
                  () => {
                    setCopied(each.reference);
                  },
                  // The reference stands beside the button, to be read off.
                  () => undefined,
                )
              }
            >
              <span className="mono">{each.reference}</span>
              {copied === each.reference ? <span role="status">{t("common.copied")}</span> : <Icon of={Copy} size={12} />}
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Index({ index, onRebuild }: { index: IndexHealth; onRebuild: () => void }) {
  const { t, i18n } = useTranslation();
  if (index.state === "rebuilding") {
    const percent = index.total === 0 ? 0 : Math.round((100 * index.done) / index.total);
    return (
      <div className="line">
        <span>{t("health.rebuilding", { done: index.done, total: index.total })}</span>
        <span className="meter" role="progressbar" aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} aria-label={t("health.index")}>
          <i style={{ width: `${String(percent)}%` }} />
        </span>
      </div>
    );
  }
  return (
    <div className="line">
      <div className="grow">
        {index.state === "damaged" ? (
          <Said words={index.why}>{t("health.damaged_text")}</Said>
        ) : (
          <p>
            {t("health.entries", { count: index.entries })}
            {index.built_at === null ? null : <span className="muted"> · {t("health.built", { when: ago(index.built_at, i18n.language, Date.now()) })}</span>}
          </p>
        )}
      </div>
      <button type="button" className="btn btn-small" data-testid="rebuild-index" onClick={onRebuild}>
        <Icon of={RefreshCw} size={14} />
        {t("health.rebuild")}
      </button>
    </div>
  );
}

function Disk({ view }: { view: HealthView }) {
  const { t, i18n } = useTranslation();
  const { disk } = view;
  const number = new Intl.NumberFormat(localeOf(i18n.language), { maximumFractionDigits: 1 });
  const size = (bytes: number) => (bytes >= 1e9 ? t("health.gb", { value: number.format(bytes / 1e9) }) : t("health.mb", { value: number.format(bytes / 1e6) }));
  const facts: [string, string][] = [
    [t("health.database"), size(disk.database_bytes)],
    [t("health.index"), size(disk.index_bytes)],
    [t("health.logs"), size(disk.logs_bytes)],
    [t("health.backups"), size(disk.backups_bytes)],
    [t("health.free"), disk.free_bytes === null ? "–" : size(disk.free_bytes)],
    [t("health.last_backup"), view.last_backup_at === null ? t("health.no_backup") : ago(view.last_backup_at, i18n.language, view.now)],
    [t("health.quarantined"), number.format(view.quarantined)],
    [t("health.relay"), view.relay.listening_on ?? t("health.relay_off")],
    [t("health.version"), view.version],
  ];
  return (
    <Section title={t("health.disk")}>
      <dl className="facts">
        {facts.map(([word, value]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
