import { Check, CircleHelp, Clock, SendHorizontal, TriangleAlert, Undo2, type LucideIcon } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionState, CommandError, OwnCommentView, PostDetail } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { Failed } from "@/backend/Failed";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { ago, ahead } from "@/shared/time";
import { useMinute, useNow } from "@/shared/useNow";
import { secondsLeft } from "./useEngineNow";
import type { PostAct } from "./usePostActs";

interface Props {
  detail: PostDetail;
  /** By the window's clock. */
  readAt: number;
  act: PostAct;
  /** The app reads the post by itself where nobody heard how a send ended. */
  looksItself: boolean;
  /** `null` while nothing can be written. */
  onAgain: ((text: string) => void) | null;
  onSaid: (words: string) => void;
}

const SIGNS: Record<ActionState, [LucideIcon, "" | "ok" | "warn" | "bad"]> = {
  held: [Clock, ""],
  ready: [SendHorizontal, ""],
  sending: [SendHorizontal, ""],
  retry_wait: [Clock, "warn"],
  unknown: [CircleHelp, "warn"],
  confirmed: [Check, "ok"],
  failed: [TriangleAlert, "bad"],
  cancelled: [Undo2, ""],
};
/** Nothing of it can have reached the platform. */
const UNDOABLE: readonly ActionState[] = ["held", "ready", "retry_wait"];
/** In these the note is the engine's reason; in the others the window's words say all of it. */
const TOLD: readonly ActionState[] = ["held", "ready", "retry_wait", "unknown", "failed"];

/** What the brand posted under its post from here, and what is on its way. */
export function OwnComments(props: Props) {
  const { detail } = props;
  const { t } = useTranslation();
  const title = useId();
  const [error, setError] = useState<CommandError | null>(null);
  return (
    <section className="own" aria-labelledby={title} data-testid="own-comments">
      <h3 id={title}>{t("own.title")}</h3>
      {error ? <Failed error={error} /> : null}
      {detail.own_comments.length === 0 ? (
        <p className="muted">{t("own.none")}</p>
      ) : (
        <ul>
          {detail.own_comments.map((own) => (
            <Row key={own.id} {...props} own={own} onFailed={setError} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ own, detail, readAt, act, looksItself, onAgain, onSaid, onFailed }: Props & { own: OwnCommentView; onFailed: (error: CommandError | null) => void }) {
  const { t } = useTranslation();
  const row = useRef<HTMLLIElement>(null);
  const words = useId();
  const now = useNow() + detail.now - readAt;
  const [busy, setBusy] = useState(false);
  const { state } = own;
  const [icon, tone] = SIGNS[state];

  // The button that was pressed is gone: what came in its place, or the row, has the focus instead.
  const acted = useRef(false);
  useEffect(() => {
    if (!acted.current) return;
    acted.current = false;
    (row.current?.querySelector("button") ?? row.current)?.focus();
  }, [state]);

  const run = async (said: string, call: () => Promise<unknown>) => {
    if (busy) return;
    setBusy(true);
    onFailed(null);
    acted.current = true;
    try {
      await call();
      onSaid(said);
    } catch (thrown) {
      acted.current = false;
      onFailed(toCommandError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const settle = (posted: boolean) => run(t(posted ? "own.said.there" : "own.said.not_there"), () => act("settle_own_comment", { own_comment_id: own.id, posted }));
  const undo = () => run(t("own.said.undone"), () => act("cancel_own_comment", { own_comment_id: own.id }));

  return (
    <li ref={row} tabIndex={-1} data-state={state} data-testid="own-comment">
      <p className="own-text" id={words} dir="auto">
        {own.text}
      </p>
      <div className="own-foot">
        <span className="own-state" data-tone={tone}>
          {state === "sending" ? <span className="spinner" /> : <Icon of={icon} size={14} />}
          <b>
            <StateWords own={own} now={now} stopped={detail.refused !== null} />
          </b>
        </span>
        <When own={own} />
        <span className="grow" />
        {UNDOABLE.includes(state) ? (
          <button type="button" className="btn btn-small" data-testid="own-undo" aria-describedby={words} aria-disabled={busy} onClick={() => void undo()}>
            {t("act.undo")}
          </button>
        ) : null}
        {state === "unknown"
          ? [true, false].map((posted) => (
              <button key={String(posted)} type="button" className="btn btn-small" aria-describedby={words} aria-disabled={busy} onClick={() => void settle(posted)}>
                {t(posted ? "own.there" : "own.not_there")}
              </button>
            ))
          : null}
        {(state === "failed" || state === "cancelled") && onAgain ? (
          <button
            type="button"
            className="btn btn-small"
            aria-describedby={words}
            onClick={() => {
              onAgain(own.text);
            }}
          >
            {t("own.again")}
          </button>
        ) : null}
      </div>
      {TOLD.includes(state) && (own.note || state === "unknown") ? (
        <div className="own-note">
          <Said words={own.note}>{state === "unknown" ? t(looksItself ? "own.unknown_text" : "own.unknown_look") : undefined}</Said>
        </div>
      ) : null}
    </li>
  );
}

function StateWords({ own, now, stopped }: { own: OwnCommentView; now: number; stopped: boolean }) {
  const { t, i18n } = useTranslation();
  const minute = useMinute();
  const seconds = secondsLeft(own, now);
  const waits = own.due_at > now;
  switch (own.state) {
    case "held":
      return stopped ? t("own.waits") : seconds > 0 ? t("own.state.held", { count: seconds }) : t("own.state.ready");
    case "ready":
      return stopped ? t("own.waits") : waits ? t("own.again_in", { when: ahead(own.due_at, i18n.language, now) }) : t("own.state.ready");
    case "retry_wait":
      return `${t("own.state.retry_wait")}. ${stopped ? t("own.waits") : waits ? t("own.again_in", { when: ahead(own.due_at, i18n.language, now) }) : t("own.again_now")}`;
    case "confirmed":
      return t("own.state.confirmed", { when: ago(own.confirmed_at ?? own.created_at, i18n.language, minute) });
    default:
      return t(`own.state.${own.state}`);
  }
}

/** What has ended without being posted says at least when it was written. */
function When({ own }: { own: OwnCommentView }) {
  const { i18n } = useTranslation();
  const now = useMinute();
  if (own.state !== "failed" && own.state !== "cancelled") return null;
  return <time className="muted nowrap">{ago(own.created_at, i18n.language, now)}</time>;
}
