import { Check, Download, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, HealthView } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { useCommand } from "@/backend/queries";
import { Failed } from "@/backend/Failed";
import { Icon } from "@/shared/Icon";
import { clock } from "@/shared/time";
import { Destinations, Limits, Stages, Workers } from "./Engine";
import { Faults, Stored, Taught, Troubles } from "./Stored";
import { Relay } from "./Relay";
import { TracePane } from "./Trace";
import "./health.css";

const LOOK_MS = 3_000;

/** What the engine does now; read again every few seconds while it is on the screen. */
export function Health() {
  const { t, i18n } = useTranslation();
  const backend = useBackend();
  const health = useCommand("get_health", null, { refetchInterval: LOOK_MS });
  const [failed, setFailed] = useState<CommandError | null>(null);
  const [told, setTold] = useState("");
  const [exporting, setExporting] = useState(false);
  const [traced, setTraced] = useState<number | null>(null);
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
  const save = async () => {
    setExporting(true);
    await run(async () => t("health.exported", { path: (await backend.call("export_diagnostics", null)).path }));
    setExporting(false);
  };
  const view = health.data;
  const error = failed ?? health.error;
  return (
    <main className="screen health" data-testid="health">
      <div className="health-main">
        <div className="bar">
          <h1 tabIndex={-1} data-focus-home>
            {t("health.title")}
          </h1>
          {view ? <Verdict view={view} /> : null}
          <span className="grow" />
          {view ? <span className="muted nowrap health-live">{t("health.read_at", { at: clock(view.now, i18n.language) })}</span> : null}
          <button type="button" className="btn btn-small" data-testid="export-diagnostics" disabled={exporting} onClick={() => void save()}>
            {exporting ? <span className="spinner" /> : <Icon of={Download} size={14} />}
            {t("health.export")}
          </button>
        </div>
        <div className="screen-body">
          <p className="told" role="status">
            {told}
          </p>
          {error ? (
            <Failed
              error={error}
              onRetry={() => {
                setFailed(null);
                void health.refetch();
              }}
            />
          ) : null}
          {view ? (
            <>
              <Stages view={view} />
              <Workers view={view} />
              <Destinations view={view} />
              <Limits view={view} />
              <Faults workers={view.workers} />
              <Troubles troubles={view.troubles} onTrace={setTraced} />
              <Relay relay={view.relay} now={view.now} onKept={() => void health.refetch()} />
              <Stored view={view} onRebuild={() => void run(() => backend.call("rebuild_index", null).then(() => t("health.rebuild_started")))} />
              <Taught
                count={view.taught}
                onForget={() =>
                  void run(async () => {
                    const { count } = await backend.call("forget_corrections", null);
                    void health.refetch();
                    return t("health.forgotten", { count });
                  })
                }
              />
            </>
          ) : health.error ? null : (
            <p className="late muted" role="status">
              {t("health.loading")}
            </p>
          )}
        </div>
      </div>
      <TracePane comment={traced} onComment={setTraced} />
    </main>
  );
}

/** The whole of it in a few words: the worst comes first. */
function Verdict({ view }: { view: HealthView }) {
  const { t } = useTranslation();
  const resting = view.destinations.filter((each) => each.breaker.state === "open").length;
  const trying = view.destinations.filter((each) => each.breaker.state === "half_open").length;
  const damaged = view.index.state === "damaged";
  const still = view.workers.filter((each) => each.state === "stopped").length;
  const calm = resting === 0 && trying === 0 && still === 0 && !damaged;
  const words = damaged ? t("health.index_damaged") : still > 0 ? t("health.standing", { count: still }) : resting > 0 ? t("health.resting", { count: resting }) : trying > 0 ? t("health.trying", { count: trying }) : t("health.working");
  return (
    <span className="stands" data-tone={damaged ? "bad" : calm ? "ok" : "warn"} data-testid="health-verdict">
      <Icon of={calm ? Check : TriangleAlert} size={14} />
      {words}
    </span>
  );
}
