import { CircleAlert, Pause, X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { ActionView, OutboxView } from "@/contract/contract";
import { useCommand } from "@/backend/queries";
import { Icon } from "@/shared/Icon";
import { useNow } from "@/shared/useNow";
import { useNotices } from "./notices";

const RADIUS = 12;
const ROUND = 2 * Math.PI * RADIUS;

/** The engine's clock may differ from the window's: what counts is the time left when it was read. */
function leftOf(action: ActionView, outbox: OutboxView, readAt: number, now: number): number {
  return Math.max(0, action.due_at - outbox.now - (now - readAt));
}

export function useHeld(): { action: ActionView; seconds: number; share: number; others: number } | null {
  const outbox = useCommand("list_outbox", null);
  const now = useNow();
  if (!outbox.data) return null;
  const held = outbox.data.live.filter((action) => action.state === "held");
  // The newest is the one that undo takes back.
  const action = held.reduce<ActionView | null>((newest, each) => (newest && newest.created_at >= each.created_at ? newest : each), null);
  if (!action) return null;
  const left = leftOf(action, outbox.data, outbox.dataUpdatedAt, now);
  const whole = Math.max(1, action.due_at - action.created_at);
  return { action, seconds: Math.ceil(left / 1000), share: Math.min(1, left / whole), others: held.length - 1 };
}

/** Below the list, never over it: what waits in the outbox, and what just happened. */
export function Dock({ sending, onUndo }: { sending: boolean; onUndo: (action: ActionView) => void }) {
  const { t } = useTranslation();
  const notices = useNotices();
  const list = useSyncExternalStore(notices.subscribe, notices.all);
  const held = useHeld();
  const shown = list.filter((notice) => notice.tone !== "plain" || !held);
  if (!held && shown.length === 0) return null;
  return (
    <div className="dock">
      {shown.map((notice) => (
        <div key={notice.id} className="toast" data-tone={notice.tone} role={notice.tone === "plain" ? undefined : "alert"}>
          {notice.tone === "plain" ? null : <Icon of={CircleAlert} />}
          <div className="grow">
            <b>{notice.title}</b>
            {notice.text ? <small>{notice.text}</small> : null}
          </div>
          {notice.action ? (
            <button
              type="button"
              className="btn btn-small"
              onClick={() => {
                notice.action?.run();
                notices.drop(notice.id);
              }}
            >
              {notice.action.label}
            </button>
          ) : null}
          {notice.tone === "plain" ? null : (
            <button
              type="button"
              className="btn-icon btn-icon-small"
              aria-label={t("common.dismiss")}
              onClick={() => {
                notices.drop(notice.id);
              }}
            >
              <Icon of={X} size={14} />
            </button>
          )}
        </div>
      ))}
      {held ? <OutboxNotice held={held} sending={sending} onUndo={onUndo} /> : null}
    </div>
  );
}

export function heldWords(t: ReturnType<typeof useTranslation>["t"], action: ActionView): string {
  return t(`notice.${action.kind}_${action.kind === "reply" ? "to" : "of"}`, { name: action.author_name });
}

function OutboxNotice({
  held: { action, seconds, share, others },
  sending,
  onUndo,
}: {
  held: NonNullable<ReturnType<typeof useHeld>>;
  sending: boolean;
  onUndo: (action: ActionView) => void;
}) {
  const { t } = useTranslation();
  const when = !sending
    ? t("notice.waits_stopped")
    : seconds <= 0
      ? t("notice.going")
      : action.kind === "reply"
        ? t("notice.posts_in", { count: seconds, account: action.account_username })
        : t("notice.happens_in", { count: seconds });
  return (
    <div className="toast outbox-notice" data-testid="outbox-notice" data-action={action.id}>
      <span className="ring" aria-hidden="true">
        <svg width="28" height="28" viewBox="0 0 28 28">
          <circle cx="14" cy="14" r={RADIUS} className="ring-ground" />
          <circle cx="14" cy="14" r={RADIUS} className="ring-left" strokeDasharray={ROUND} strokeDashoffset={ROUND * (1 - share)} />
        </svg>
        <span>{!sending ? <Icon of={Pause} size={12} /> : seconds > 99 ? `${String(Math.ceil(seconds / 60))}′` : seconds}</span>
      </span>
      <div className="grow" role="status">
        <b className="clip">
          <bdi>{heldWords(t, action)}</bdi>
        </b>
        {/* The countdown is for the eye: read out, it would never stop talking. */}
        <small className="clip" aria-hidden="true">
          {when}
          {others > 0 ? ` · ${t("notice.more", { count: others })}` : ""}
        </small>
      </div>
      <button
        type="button"
        className="btn btn-small"
        data-testid="undo"
        onClick={() => {
          onUndo(action);
        }}
      >
        {t("act.undo")} <kbd>z</kbd>
      </button>
    </div>
  );
}

/** Words for people who cannot see the card change. */
export function LiveRegion() {
  const notices = useNotices();
  const words = useSyncExternalStore(notices.subscribe, notices.spoken);
  return (
    <div className="unseen" role="status" aria-live="polite" data-testid="live-region">
      {words}
    </div>
  );
}
