import { FileQuestion, Lock, ShieldX, Upload, X, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CommentRow, QueueName } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { MOST_PICKED } from "./usePicked";
import type { Staying } from "./useBulk";
import type { Range } from "./useRange";
import { langOf, nameOf } from "./words";

const SIGNS: Record<Staying, LucideIcon> = {
  reading: FileQuestion,
  unreadable: FileQuestion,
  not_open: Lock,
  no_draft: FileQuestion,
  guard: ShieldX,
  by_person: Lock,
  same_text: Lock,
};

/** Docked below the list, like the outbox notice. */
export function PickedBar({ range, onClear }: { range: Range; onClear: () => void }) {
  const { rows, hide, dismiss, progress, run } = range;
  const picked = rows.length;
  const { t } = useTranslation();
  return (
    <div className="dock picked-bar" data-testid="picked-bar">
      <div className="toast" role="toolbar" aria-label={t("bulk.title", { count: progress?.total ?? picked })}>
        {progress ? (
          <>
            <span className="spinner" />
            <b className="grow clip" role="status">
              {t(`bulk.doing_${progress.kind}`, { at: progress.at, total: progress.total })}
            </b>
          </>
        ) : (
          <>
            <b className="nowrap">{t("bulk.title", { count: picked })}</b>
            <button type="button" className="btn-icon btn-icon-small" aria-label={t("bulk.clear")} onClick={onClear}>
              <Icon of={X} size={14} />
            </button>
            {picked >= MOST_PICKED ? <small className="muted clip">{t("bulk.most", { count: MOST_PICKED })}</small> : null}
            <span className="grow" />
            <button type="button" className="btn btn-quiet" data-testid="bulk-hide" disabled={hide === 0} onClick={() => { run("hide"); }}>
              {t("act.hide")}
              <kbd>h</kbd>
            </button>
            <button type="button" className="btn btn-quiet" data-testid="bulk-dismiss" disabled={dismiss === 0} onClick={() => { run("dismiss"); }}>
              {t("act.done")}
              <kbd>d</kbd>
            </button>
          </>
        )}
      </div>
    </div>
  );
}

/** In the place of the card: what would go out and when, what stays and why. */
export function PickedPane({ range, queue, holdSeconds, onClear }: { range: Range; queue: QueueName; holdSeconds: number; onClear: () => void }) {
  const { verdicts, progress, run } = range;
  const { t } = useTranslation();
  const going = verdicts.filter((verdict) => verdict.item !== null);
  const staying = verdicts.filter((verdict) => verdict.item === null);
  return (
    <section className="detail picked-pane" data-testid="picked-pane" aria-label={t("bulk.title", { count: verdicts.length })}>
      <div className="bar">
        <h2>{t("bulk.title", { count: verdicts.length })}</h2>
        <span className="muted clip">{t("bulk.how")}</span>
      </div>
      <div className="columns">
        <div className="read" tabIndex={-1}>
          <p className="picked-counts">
            <span>
              <b>{going.length}</b> {t("bulk.would_send", { count: going.length })}
            </span>
            <span>
              <b>{staying.length}</b> {t("bulk.would_stay", { count: staying.length, queue: t(`queue.${queue}`) })}
            </span>
          </p>
          {going.length > 0 ? (
            <section className="picked-list">
              <h3>
                {t("bulk.sent")} <span className="muted">{holdSeconds > 0 ? t("bulk.held", { count: holdSeconds }) : t("bulk.at_once")}</span>
              </h3>
              <ul>
                {going.map(({ row, item }) => (
                  <li key={row.id}>
                    <Icon of={Upload} size={14} />
                    <div className="grow">
                      <Who row={row} />
                      <p className="clip" lang={langOf(row.language)} dir="auto">
                        {item.text}
                      </p>
                    </div>
                  </li>
                ))}
              </ul>
            </section>
          ) : null}
          {staying.length > 0 ? (
            <section className="picked-list">
              <h3>{t("bulk.left")}</h3>
              <ul>
                {staying.map(({ row, why }) => (
                  <li key={row.id} data-why={why}>
                    <Icon of={SIGNS[why ?? "reading"]} size={14} />
                    <div className="grow">
                      <Who row={row} />
                      <p className="support">{t(`bulk.why.${why ?? "reading"}`)}</p>
                    </div>
                  </li>
                ))}
              </ul>
            </section>
          ) : null}
        </div>
      </div>
      <div className="actions" role="toolbar" aria-label={t("bulk.title", { count: verdicts.length })}>
        <button
          type="button"
          className="btn btn-primary"
          data-testid="bulk-approve"
          disabled={going.length === 0 || progress !== null}
          onClick={() => {
            run("approve");
          }}
        >
          {t("bulk.approve", { count: going.length })} <kbd>a</kbd>
        </button>
        <button type="button" className="btn" onClick={onClear} disabled={progress !== null}>
          {t("bulk.clear")} <kbd>Esc</kbd>
        </button>
        <span className="grow" />
        <small className="muted clip">{t("bulk.undo")}</small>
      </div>
    </section>
  );
}

function Who({ row }: { row: CommentRow }) {
  const { t } = useTranslation();
  const label = row.labels[0];
  return (
    <p className="picked-who">
      <b className="nowrap">
        <bdi>{nameOf(row)}</bdi>
      </b>
      {label ? (
        <span className={`picked-label label-${label.label}`}>
          <i className="label-dot" />
          {t(`label.${label.label}`)}
        </span>
      ) : null}
      <span className="muted clip" lang={langOf(row.language)} dir="auto">
        {row.text}
      </span>
    </p>
  );
}
