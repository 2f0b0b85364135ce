import { useQuery } from "@tanstack/react-query";
import { Check, Clock, Copy, Search, TriangleAlert, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, CommentDetail, TraceEntry, TraceView } from "@/contract/contract";
import { useBackend } from "@/backend/context";
import { keys, useCommand } from "@/backend/queries";
import { Failed } from "@/backend/Failed";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { ago, clock, localeOf } from "@/shared/time";
import { useMinute } from "@/shared/useNow";
import { useReturnFocus } from "@/shared/useReturnFocus";
import { useSettled } from "@/shared/useSettled";
import { useLength } from "./lengths";
import { wayOf, type Station } from "./stations";
import { detailWords } from "./traceWords";

const SEARCH_PAUSE_MS = 160;
const FOUND_AT_MOST = 8;
/** A machine's stage that took longer stands out. */
const SLOW_MS = 3_000;
/** Less is no person's time. */
const PERSON_MS = 1_000;
/** Nothing is written down when a comment comes to a person: where it stands says so. */
const WAITS = "waits_for_person";
const BAD = new Set(["refused", "stuck", "failed", "lost", "unknown"]);
const OPEN = new Set([WAITS, "action_queued", "held", "ready", "retry_wait", "snoozed", "escalated", "returned_to_review", "reopened"]);

const nameOf = ({ author_name, author_username }: { author_name: string; author_username: string }) => author_name || author_username;

/** Looks a comment up by its words or its author, and shows its way. */
export function TracePane({ comment, onComment }: { comment: number | null; onComment: (comment: number | null) => void }) {
  const { t, i18n } = useTranslation();
  const backend = useBackend();
  const now = useMinute();
  const [search, setSearch] = useState("");
  const [words] = useSettled(search.trim(), SEARCH_PAUSE_MS);
  const found = useQuery<CommentDetail["row"][], CommandError>({
    // The list of the newest, when nothing is searched for.
    queryKey: ["trace_found", words],
    queryFn: async () => {
      const { rows } = await backend.call("list_comments", { queue: "all", account_id: null, search: words === "" ? null : words, label: null, sort: "newest", after: null, limit: FOUND_AT_MOST, fold: false });
      return rows;
    },
  });
  return (
    <section className="trace-pane" aria-label={t("health.trace")}>
      <div className="bar">
        <h2>{t("health.trace")}</h2>
        <span className="muted clip">{t("health.trace_note")}</span>
      </div>
      <div className="trace-body">
        <label className="field">
          <Icon of={Search} size={14} />
          <span className="unseen">{t("health.trace_search")}</span>
          <input
            type="search"
            data-testid="trace-search"
            placeholder={t("health.trace_search")}
            value={search}
            onChange={(event) => {
              setSearch(event.target.value);
              onComment(null);
            }}
          />
        </label>
        {comment === null ? (
          <>
            <h3>{words === "" ? t("health.trace_newest") : t("health.trace_found")}</h3>
            {found.error ? <Failed error={found.error} onRetry={() => void found.refetch()} /> : null}
            {found.data?.length === 0 ? <p className="muted">{t("empty.search")}</p> : null}
            <ul className="trace-found">
              {found.data?.map((row) => (
                <li key={row.id}>
                  <button
                    type="button"
                    data-testid={`trace-of-${String(row.id)}`}
                    onClick={() => {
                      onComment(row.id);
                    }}
                  >
                    <PlatformIcon platform={row.platform} size={14} />
                    <b className="clip">
                      <bdi>{nameOf(row)}</bdi>
                    </b>
                    <small className="muted nowrap">{ago(row.received_at, i18n.language, now)}</small>
                    <span className="clip support" dir="auto">
                      {row.text.trim() === "" ? t("list.empty_text") : row.text}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </>
        ) : (
          <>
            <button
              type="button"
              className="btn btn-quiet btn-small trace-back"
              autoFocus
              onClick={() => {
                onComment(null);
              }}
            >
              <Icon of={X} size={12} />
              {t("health.trace_another")}
            </button>
            <Trace comment={comment} />
          </>
        )}
      </div>
    </section>
  );
}

/** The way of one comment over whatever is on the screen. */
export function TraceDialog({ comment, onClose }: { comment: number | null; onClose: () => void }) {
  const { t } = useTranslation();
  const returnFocus = useReturnFocus(comment !== null);
  return (
    <Dialog.Root
      open={comment !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog trace-dialog" data-testid="trace-dialog" aria-describedby={undefined} onCloseAutoFocus={returnFocus}>
          <header>
            <Dialog.Title asChild>
              <h2>{t("health.trace")}</h2>
            </Dialog.Title>
            <span className="muted grow">{t("health.trace_note")}</span>
            <Dialog.Close asChild>
              <button type="button" className="btn-icon" aria-label={t("common.close")}>
                <Icon of={X} />
              </button>
            </Dialog.Close>
          </header>
          <div className="dialog-body">{comment === null ? null : <Trace comment={comment} />}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Every stage that a comment has passed, with its time and what was found there. */
function Trace({ comment }: { comment: number }) {
  const { t, i18n } = useTranslation();
  const backend = useBackend();
  const now = useMinute();
  const trace = useCommand("get_trace", { comment_id: comment, version: 0 }, { staleTime: 0 });
  const about = useQuery<CommentDetail, CommandError>({ queryKey: keys.comment(comment), queryFn: () => backend.call("get_comment", { comment_id: comment, version: 0 }) });
  const row = about.data?.row;
  return (
    <>
      {row ? (
        <div className="trace-about">
          <header>
            <PlatformIcon platform={row.platform} size={14} />
            <b className="clip">
              <bdi>{nameOf(row)}</bdi>
            </b>
            <small className="muted nowrap">{ago(row.published_at, i18n.language, now)}</small>
          </header>
          <p className="clip" dir="auto">
            {row.text}
          </p>
        </div>
      ) : null}
      {trace.error ? <Failed error={trace.error} onRetry={() => void trace.refetch()} /> : null}
      {trace.data ? <Stations view={withWait(trace.data, row)} /> : trace.error ? null : <p className="late muted">{t("health.trace_loading")}</p>}
    </>
  );
}

/** With the wait for a person as its last entry, while that is what it waits for. */
function withWait(view: TraceView, row: CommentDetail["row"] | undefined): TraceView {
  const last = view.entries.at(-1);
  if (row?.stage !== "to_review" || !last || last.stage === "review") return view;
  return { ...view, entries: [...view.entries, { at: last.at, stage: "review", what: WAITS, detail: "" }] };
}

/** With tenths: stages often follow each other within one second. */
function exactly(at: number, language: string): string {
  const tenth = Math.floor((((at % 1_000) + 1_000) % 1_000) / 100);
  const point = new Intl.NumberFormat(localeOf(language)).formatToParts(0.1).find((part) => part.type === "decimal")?.value ?? ".";
  return `${clock(at, language)}${point}${String(tenth)}`;
}

function Stations({ view }: { view: TraceView }) {
  const { t, i18n } = useTranslation();
  const length = useLength();
  const [copied, setCopied] = useState(false);
  const { stations, machine_ms, person_ms } = wayOf(view.entries);
  const entryWords = (entry: TraceEntry) => [t(`health.what.${entry.what}`, { defaultValue: entry.what }), detailWords(t, entry.detail, i18n.language)].filter(Boolean).join(": ");
  const copy = () => {
    const lines = view.entries.map((entry) => [new Date(entry.at).toISOString(), entry.stage, entry.what, entry.detail].filter(Boolean).join(" "));
    void navigator.clipboard.writeText([view.trace_id, ...lines].join("\n")).then(
      () => {
        setCopied(true);
      },
      // What would be copied stands on the screen.
      () => undefined,
    );
  };
  return (
    <>
      {stations.length === 0 ? <p className="muted">{t("health.trace_none")}</p> : null}
      <ol className="trace" data-testid="trace">
        {stations.map((station, at) => (
          <StationLine key={`${String(at)} ${station.stage}`} station={station} last={at === stations.length - 1} now={view.now} words={entryWords} time={exactly(station.entries[0]?.at ?? station.at, i18n.language)} />
        ))}
      </ol>
      <p className="trace-total">
        <span>
          {t("health.machine_time")} <b>{length(machine_ms)}</b>
          {person_ms >= PERSON_MS ? (
            <>
              {" · "}
              {t("health.person_time")} <b>{length(person_ms)}</b>
            </>
          ) : null}
        </span>
        <span className="mono">{view.trace_id}</span>
        <span className="grow" />
        <button type="button" className="btn btn-quiet btn-small" onClick={copy}>
          <Icon of={Copy} size={12} />
          {copied ? <span role="status">{t("common.copied")}</span> : t("health.trace_copy")}
        </button>
      </p>
    </>
  );
}

function StationLine({ station, last, now, words, time }: { station: Station; last: boolean; now: number; words: (entry: TraceEntry) => string; time: string }) {
  const { t } = useTranslation();
  const length = useLength();
  const ended = station.entries.at(-1);
  const waits = last && ended !== undefined && OPEN.has(ended.what);
  const bad = ended !== undefined && BAD.has(ended.what);
  const person = station.stage === "review";
  const slow = !person && station.stage !== "post" && station.took_ms > SLOW_MS;
  return (
    <li data-testid={`trace-${station.stage}`} data-state={bad ? "bad" : waits ? "waits" : "done"}>
      <Icon of={bad ? TriangleAlert : waits ? Clock : Check} size={14} />
      <span className="trace-stage">
        <b>{t(`health.at.${station.stage}`)}</b>
        <time className="muted">{time}</time>
      </span>
      <span className="trace-what">
        <span className="trace-bar" data-person={person || undefined} data-slow={slow || undefined} aria-hidden="true">
          {person ? null : <i style={{ left: `${String(100 * station.from)}%`, width: `${String(100 * (station.to - station.from))}%` }} />}
        </span>
        {station.entries.map((entry, at) => (
          <small key={`${String(at)} ${entry.what}`} data-bad={BAD.has(entry.what) || undefined}>
            {words(entry)}
          </small>
        ))}
      </span>
      <em data-slow={slow || undefined}>{waits ? t("health.waits_since", { time: length(now - station.at) }) : station.took_ms > 0 ? length(station.took_ms) : ""}</em>
    </li>
  );
}
