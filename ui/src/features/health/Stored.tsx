import { Copy, RefreshCw, Route } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { HealthView, IndexHealth, Progress, TroubleView, WorkerHealth } from "@/contract/contract";
import { useProgress } from "@/backend/queries";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { ago, dayAndTime, hourAndMinute, localeOf } from "@/shared/time";
import { Section } from "./Engine";

const DAY_MS = 86_400_000;

/** The time of today, the day of what is older. */
function useWhen(): (at: number) => string {
  const { i18n } = useTranslation();
  return (at) => (Date.now() - at < DAY_MS ? hourAndMinute(at, i18n.language) : dayAndTime(at, i18n.language));
}

/** What finds it in the log, to be copied. */
function Reference({ of }: { of: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className="btn btn-quiet btn-small"
      aria-label={t("health.copy", { reference: of })}
      onClick={() =>
        void navigator.clipboard.writeText(of).then(
          () => {
            setCopied(true);
          },
          // The reference stands beside the button, to be read off.
          () => undefined,
        )
      }
    >
      <span className="mono">{of}</span>
      {copied ? <span role="status">{t("common.copied")}</span> : <Icon of={Copy} size={12} />}
    </button>
  );
}

/** The last error of each worker, with what finds it in the log. */
export function Faults({ workers }: { workers: WorkerHealth[] }) {
  const { t } = useTranslation();
  const when = useWhen();
  const errors = workers.flatMap(({ worker, last_error }) => (last_error ? [{ worker, ...last_error }] : [])).sort((a, b) => b.at - a.at);
  return (
    <Section title={t("health.errors")} note={t("health.errors_note")}>
      {errors.length === 0 ? <p className="muted">{t("health.no_errors")}</p> : null}
      <ul className="faults">
        {errors.map((each) => (
          <li key={`${each.worker} ${each.reference}`} data-over={each.over || undefined}>
            <time className="muted">{when(each.at)}</time>
            <div className="grow">
              <b>{t(`health.worker.${each.worker}`, { defaultValue: each.worker })}</b> <span className="muted">{[t("health.times", { count: each.times }), each.over ? t("health.over") : ""].filter(Boolean).join(" · ")}</span>
              <Said words={each.message} />
            </div>
            <Reference of={each.reference} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What went wrong with single comments; each leads to the way of that comment. */
export function Troubles({ troubles, onTrace }: { troubles: TroubleView[]; onTrace: (comment: number) => void }) {
  const { t } = useTranslation();
  const when = useWhen();
  return (
    <Section title={t("health.troubles")} note={t("health.troubles_note")}>
      {troubles.length === 0 ? <p className="muted">{t("health.no_troubles")}</p> : null}
      <ul className="faults" data-testid="troubles">
        {troubles.map((each) => (
          <li key={`${each.trace_id} ${String(each.at)} ${each.what}`}>
            <time className="muted">{when(each.at)}</time>
            <div className="grow">
              <b>{t(`health.trouble.${each.what}`, { defaultValue: each.what })}</b> <span className="mono muted">{each.trace_id}</span>
              <Said words={each.message} />
            </div>
            <button
              type="button"
              className="btn btn-quiet btn-small"
              aria-label={t("health.trace_of", { reference: each.trace_id })}
              onClick={() => {
                onTrace(each.comment_id);
              }}
            >
              <Icon of={Route} size={12} />
              {t("health.trace")}
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** The index, the disk, and what keeps the data safe. */
export function Stored({ view, onRebuild }: { view: HealthView; onRebuild: () => void }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(localeOf(i18n.language));
  const facts: [string, string][] = [
    [t("health.last_backup"), view.last_backup_at === null ? t("health.no_backup") : ago(view.last_backup_at, i18n.language, view.now)],
    [t("health.quarantined"), number.format(view.quarantined)],
    [t("health.version"), view.version],
  ];
  return (
    <Section title={t("health.stored")}>
      <div className="stored">
        <Index index={view.index} onRebuild={onRebuild} />
        <Disk view={view} />
      </div>
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

/** What people's corrections taught; to be forgotten as a whole, since a wrong habit is not found one by one. */
export function Taught({ count, onForget }: { count: number; onForget: () => void }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  return (
    <Section title={t("health.taught")} note={t("health.taught_note")}>
      <p className="line">
        <span data-testid="taught">{count === 0 ? t("health.taught_none") : t("health.taught_count", { count })}</span>
        {count === 0 || asked ? null : (
          <button
            type="button"
            className="btn btn-small"
            onClick={() => {
              setAsked(true);
            }}
          >
            {t("health.forget")}
          </button>
        )}
      </p>
      {asked && count > 0 ? (
        <div role="group" aria-label={t("health.forget")}>
          <p className="support">{t("health.forget_text")}</p>
          <p className="line">
            <button
              type="button"
              className="btn btn-danger btn-small"
              onClick={() => {
                setAsked(false);
                onForget();
              }}
            >
              {t("health.forget_now")}
            </button>
            <button
              type="button"
              className="btn btn-quiet btn-small"
              autoFocus
              onClick={() => {
                setAsked(false);
              }}
            >
              {t("common.cancel")}
            </button>
          </p>
        </div>
      ) : null}
    </Section>
  );
}

function Index({ index, onRebuild }: { index: IndexHealth; onRebuild: () => void }) {
  const { t } = useTranslation();
  const progress = useProgress();
  if (progress?.work === "index" && (progress.total === null || progress.done < progress.total)) return <Rebuilding {...progress} />;
  return (
    <div>
      <p className="line">
        <b>{t("health.index")}</b>
        <button type="button" className={index.state === "damaged" ? "btn btn-primary btn-small" : "btn btn-small"} data-testid="rebuild-index" onClick={onRebuild}>
          <Icon of={RefreshCw} size={14} />
          {t("health.rebuild")}
        </button>
      </p>
      {index.state === "damaged" ? (
        <div className="over">
          <Said words={index.why}>{t("health.damaged_text")}</Said>
        </div>
      ) : (
        <small className="support">{t("health.entries", { count: index.entries })}</small>
      )}
      <small className="muted">{t("health.index_note")}</small>
    </div>
  );
}

function Rebuilding({ done, total }: Progress) {
  const { t } = useTranslation();
  const percent = total === null ? null : total === 0 ? 0 : Math.round((100 * done) / total);
  return (
    <div>
      <p className="line">
        <b>{t("health.index")}</b>
        {percent === null ? null : <span className="muted">{t("health.percent", { percent })}</span>}
      </p>
      <span className="meter" role="progressbar" aria-valuemin={0} aria-valuemax={100} {...(percent === null ? {} : { "aria-valuenow": percent })} aria-label={t("health.index")}>
        <i style={{ width: `${String(percent ?? 100)}%` }} />
      </span>
      <small className="support">{total === null ? t("health.rebuild_started") : t("health.rebuilding", { done, total })}</small>
    </div>
  );
}

function Disk({ view }: { view: HealthView }) {
  const { t, i18n } = useTranslation();
  const { disk } = view;
  const number = new Intl.NumberFormat(localeOf(i18n.language), { maximumFractionDigits: 1 });
  const size = (bytes: number) => (bytes >= 1e9 ? t("health.gb", { value: number.format(bytes / 1e9) }) : t("health.mb", { value: number.format(Math.ceil(bytes / 1e6)) }));
  const parts: [string, number][] = [
    [t("health.database"), disk.database_bytes],
    [t("health.backups"), disk.backups_bytes],
    [t("health.index"), disk.index_bytes],
    [t("health.logs"), disk.logs_bytes],
  ];
  const used = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  return (
    <div>
      <p className="line">
        <b>{t("health.disk")}</b>
        <span className="muted">{[t("health.disk_used", { size: size(used) }), disk.free_bytes === null ? "" : t("health.disk_free", { size: size(disk.free_bytes) })].filter(Boolean).join(", ")}</span>
      </p>
      <span className="stack" aria-hidden="true">
        {parts.map(([word, bytes], at) => (
          <i key={word} data-shade={at} style={{ flex: bytes }} />
        ))}
      </span>
      <ul className="stack-key">
        {parts.map(([word, bytes], at) => (
          <li key={word}>
            <i data-shade={at} />
            <span className="support">{word}</span> {size(bytes)}
          </li>
        ))}
      </ul>
    </div>
  );
}
