import { CircleAlert, CircleHelp, Pause, X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { ActionView } from "@/contract/contract";
import { useCommand } from "@/backend/queries";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { useNotices } from "./notices";
import type { UndoTrail } from "./undoTrail";
import { millisecondsLeft, useEngineNow } from "./useEngineNow";

const RADIUS = 12;
const ROUND = 2 * Math.PI * RADIUS;

export interface Held {
  action: ActionView;
  seconds: number;
  share: number;
  others: number;
}

/** The newest of what waits in the outbox. */
export function useHeld(): Held | null {
  const outbox = useCommand("list_outbox", null);
  const now = useEngineNow();
  const held = outbox.data?.live.filter((action) => action.state === "held") ?? [];
  const action = held.reduce<ActionView | null>((newest, each) => (newest && newest.created_at >= each.created_at ? newest : each), null);
  if (!action) return null;
  const left = millisecondsLeft(action, now);
  const whole = Math.max(1, action.due_at - action.created_at);
  return { action, seconds: Math.ceil(left / 1000), share: Math.min(1, left / whole), others: held.length - 1 };
}

/** `z` takes back exactly this action. */
export function useIsNewest(trail: UndoTrail, action: ActionView | null | undefined): boolean {
  const newest = useSyncExternalStore(trail.subscribe, trail.newest);
  const [item] = newest?.items ?? [];
  return newest?.items.length === 1 && item?.action != null && item.action === action?.id;
}

interface DockProps {
  sending: boolean;
  trail: UndoTrail;
  onUndo: (action: ActionView) => void;
  /** Shows what is known of it; `null` where it is on the screen already. */
  onUnknown: ((action: ActionView) => void) | null;
}

/** Of what nobody knows whether it is out, the one that has waited longest. */
function useUnknownOutcome(): { action: ActionView; others: number } | null {
  const outbox = useCommand("list_outbox", null);
  const unknown = outbox.data?.live.filter((action) => action.state === "unknown") ?? [];
  const action = unknown.reduce<ActionView | null>((first, each) => (first && first.created_at <= each.created_at ? first : each), null);
  return action && { action, others: unknown.length - 1 };
}

/** Below the list, never over it: what waits in the outbox, and what just happened. */
export function Dock({ sending, trail, onUndo, onUnknown }: DockProps) {
  const notices = useNotices();
  const list = useSyncExternalStore(notices.subscribe, notices.all);
  const held = useHeld();
  const unknown = useUnknownOutcome();
  const doubt = onUnknown ? unknown : null;
  // News that asks for nothing gives way to what is about to leave.
  const any = list.some((notice) => !held || notice.tone !== "plain" || notice.undo || notice.action);
  if (!held && !doubt && !any) return null;
  return (
    <div className="dock">
      <NoticeList trail={trail} quiet={held !== null} />
      {doubt && onUnknown ? <UnknownNotice action={doubt.action} others={doubt.others} onShow={onUnknown} /> : null}
      {held ? <OutboxNotice held={held} sending={sending} trail={trail} onUndo={onUndo} /> : null}
    </div>
  );
}

/** Everything that went wrong stays until it is read; `quiet` leaves out news that asks for nothing. */
export function NoticeList({ trail, quiet = false }: { trail: UndoTrail; quiet?: boolean }) {
  const { t } = useTranslation();
  const notices = useNotices();
  const list = useSyncExternalStore(notices.subscribe, notices.all);
  const newest = useSyncExternalStore(trail.subscribe, trail.newest);
  return list
    .filter((notice) => !quiet || notice.tone !== "plain" || notice.undo || notice.action)
    .map((notice) => {
      const { action, undo } = notice;
      return (
        <div key={notice.id} className="toast" data-testid="notice" data-tone={notice.tone} role={notice.tone === "plain" ? undefined : "alert"}>
          {notice.tone === "plain" ? null : <Icon of={CircleAlert} />}
          <div className="grow toast-words">
            <b>{notice.title}</b>
            <Said words={notice.said}>{notice.text}</Said>
          </div>
          {action ? (
            <button
              type="button"
              className="btn btn-small"
              onClick={() => {
                action.run();
                notices.drop(notice.id);
              }}
            >
              {action.label}
            </button>
          ) : null}
          {undo ? (
            <button
              type="button"
              className="btn btn-small"
              data-testid="undo-notice"
              onClick={() => {
                undo.run();
                notices.drop(notice.id);
              }}
            >
              {t("act.undo")} {newest?.id === undo.done.id ? <kbd>z</kbd> : null}
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
      );
    });
}

export function heldWords(t: ReturnType<typeof useTranslation>["t"], action: ActionView): string {
  return t(`notice.${action.kind}_${action.kind === "reply" ? "to" : "of"}`, { name: action.author_name });
}

function OutboxNotice({ held: { action, seconds, share, others }, sending, trail, onUndo }: { held: Held; sending: boolean; trail: UndoTrail; onUndo: (action: ActionView) => void }) {
  const { t } = useTranslation();
  const newest = useIsNewest(trail, action);
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
        {t("act.undo")} {newest ? <kbd>z</kbd> : null}
      </button>
    </div>
  );
}

function UnknownNotice({ action, others, onShow }: { action: ActionView; others: number; onShow: (action: ActionView) => void }) {
  const { t } = useTranslation();
  return (
    <div className="toast" data-testid="unknown-notice" data-tone="warn" role="status">
      <Icon of={CircleHelp} />
      <div className="grow toast-words">
        <b className="clip">
          <bdi>{heldWords(t, action)}</bdi>
        </b>
        <small className="clip">
          {t("notice.unknown")}
          {others > 0 ? ` · ${t("notice.unknown_more", { count: others })}` : ""}
        </small>
      </div>
      <button
        type="button"
        className="btn btn-small"
        onClick={() => {
          onShow(action);
        }}
      >
        {t("common.show")}
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
