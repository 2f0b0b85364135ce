import { Check, CircleDot, Clock, Pause, Timer, X, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AccountLimit, DestinationHealth, HealthView, WorkerState } from "@/contract/contract";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { ahead, localeOf } from "@/shared/time";
import { useLength } from "./lengths";

/** From here on a limit is shown in amber. */
const NEARLY = 80;

export function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
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

/** What each comment passes: how many wait there, for how long, and how fast it goes. */
export function Stages({ view }: { view: HealthView }) {
  const { t, i18n } = useTranslation();
  const length = useLength();
  const number = (value: number) => new Intl.NumberFormat(localeOf(i18n.language)).format(value);
  // A comment that waits for a person is not on its way.
  const machine = view.stages.filter((each) => each.stage !== "review");
  const waiting = machine.reduce((sum, each) => sum + each.waiting, 0);
  const oldest = machine.reduce<number | null>((most, each) => (each.oldest_waiting_ms === null ? most : Math.max(most ?? 0, each.oldest_waiting_ms)), null);
  const note = waiting === 0 ? t("health.none_on_way") : [t("health.on_way", { count: waiting }), oldest === null ? "" : t("health.oldest_of", { time: length(oldest) })].filter(Boolean).join(", ");
  return (
    <Section title={t("health.stages")} note={note}>
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
              <td data-some={each.waiting > 0 || undefined}>{number(each.waiting)}</td>
              <td>{length(each.oldest_waiting_ms)}</td>
              <td className="muted">{number(each.per_minute)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

const WORKER: Record<WorkerState, { icon: LucideIcon; tone: string }> = {
  idle: { icon: Check, tone: "ok" },
  working: { icon: CircleDot, tone: "ok" },
  backing_off: { icon: Clock, tone: "warn" },
  stopped: { icon: Pause, tone: "idle" },
};

export function Workers({ view }: { view: HealthView }) {
  const { t } = useTranslation();
  return (
    <Section title={t("health.workers")} note={t("health.workers_note")}>
      <ul className="workers">
        {view.workers.map(({ worker, state }) => (
          <li key={worker} data-testid={`worker-${worker}`}>
            <span className="clip">{t(`health.worker.${worker}`, { defaultValue: worker })}</span>
            <span className="stands" data-tone={WORKER[state].tone}>
              <Icon of={WORKER[state].icon} size={12} />
              {t(`health.worker_state.${state}`)}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Destinations({ view }: { view: HealthView }) {
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
        <Icon of={breaker.state === "closed" ? Check : breaker.state === "open" ? X : Timer} size={12} />
        {words}
      </span>
      <small className="muted">
        {[t("health.calls", { count: of.calls_per_minute }), of.p95_ms === null ? "" : t("health.p95", { time: length(of.p95_ms) }), of.errors > 0 ? t("health.errors_recent", { count: of.errors }) : ""].filter(Boolean).join(" · ")}
      </small>
    </li>
  );
}

/** How close each account is to what its platform allows. */
export function Limits({ view }: { view: HealthView }) {
  const { t } = useTranslation();
  if (view.limits.length === 0) return null;
  return (
    <Section title={t("health.limits")} note={t("health.limits_note")}>
      <ul className="hosts">
        {view.limits.map((each) => (
          <Limit key={each.account_id} of={each} now={view.now} />
        ))}
      </ul>
    </Section>
  );
}

function Limit({ of, now }: { of: AccountLimit; now: number }) {
  const { t, i18n } = useTranslation();
  const used = of.used_percent;
  const words = used === null ? t("health.limit_unknown") : t("health.limit_used", { percent: used });
  return (
    <li data-testid={`limit-${String(of.account_id)}`}>
      <span className="limit-who">
        <PlatformIcon platform={of.platform} size={14} />
        <b className="clip">
          <bdi>{of.username}</bdi>
        </b>
      </span>
      <span className={used === null ? "muted" : "support"}>{words}</span>
      <span className="meter" role="img" aria-label={words} data-tone={used !== null && used >= NEARLY ? "warn" : undefined}>
        <i style={{ width: `${String(Math.min(100, used ?? 0))}%` }} />
      </span>
      {of.calls_again_at === null ? null : <small className="warns">{t("health.limit_waits", { when: ahead(of.calls_again_at, i18n.language, now) })}</small>}
    </li>
  );
}
