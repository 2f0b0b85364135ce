import { CircleCheck, X } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionView, CommentDetail } from "@/contract/contract";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { ago, shortDate } from "@/shared/time";
import { useMinute } from "@/shared/useNow";
import { allowed, type CardActs } from "./allowed";
import { AlikeChip, Badge, LabelChip } from "./Chips";
import type { DetailProps } from "./Detail";
import { isWriting } from "./Detail";
import { heldWords, NoticeList, useHeld, useIsNewest } from "./Dock";
import { DraftCard } from "./DraftCard";
import { ActionState, Declined, Stuck } from "./Outcome";
import { SnoozePopover } from "./SnoozePopover";
import { Thumb } from "./Thumb";
import type { TallyKind } from "./actBasics";
import { paceOf } from "./pace";
import type { UndoTrail } from "./undoTrail";
import { langOf, nameOf } from "./words";

const TALLY: TallyKind[] = ["approved", "edited", "hidden", "done"];

export interface ZenProps extends Omit<DetailProps, "onMove" | "onCopy"> {
  /** The engine has stopped all work. */
  standsStill: boolean;
  tally: Record<TallyKind, number>;
  remaining: number;
  onBack: () => void;
  onSkip: () => void;
  onUndo: () => void;
  onTakeBack: (action: ActionView) => void;
}

/** One comment at a time: the queue without the furniture. */
export function Zen(props: ZenProps) {
  const { detail, tally, remaining, onBack } = props;
  const { t } = useTranslation();
  const stage = useRef<HTMLElement>(null);
  const handled = TALLY.reduce((sum, kind) => sum + tally[kind], 0);
  const total = handled + remaining;
  const id = detail?.row.id;
  useEffect(() => {
    stage.current?.focus({ preventScroll: true });
  }, [id]);
  return (
    <div className="zen" data-testid="zen">
      <header className="zen-top">
        <button type="button" className="btn btn-quiet btn-small" onClick={onBack}>
          <Icon of={X} size={14} />
          {t("zen.back")} <kbd>Esc</kbd>
        </button>
        <span className="zen-progress">
          <b>{Math.min(handled + 1, total)}</b> <span className="muted">{t("zen.of", { total })}</span>
          <span className="zen-track" role="progressbar" aria-label={t("zen.progress")} aria-valuemin={0} aria-valuenow={handled} aria-valuemax={Math.max(total, 1)}>
            {TALLY.map((kind) => (tally[kind] > 0 ? <i key={kind} data-kind={kind} style={{ flex: tally[kind] }} /> : null))}
            <i style={{ flex: Math.max(remaining, 0.001) }} />
          </span>
        </span>
        <Pace handled={handled} />
      </header>
      <main className="zen-stage" ref={stage} tabIndex={-1} data-focus-home="" aria-label={t("zen.label")}>
        {detail ? <ZenCard key={id} {...props} detail={detail} /> : props.empty ? <Finished /> : null}
      </main>
      {detail ? <Keys {...props} detail={detail} /> : <span />}
      <div className="zen-notices">
        <NoticeList trail={props.trail} />
      </div>
      <footer className="zen-foot">
        <ul className="zen-tally" aria-label={t("zen.tally")}>
          {TALLY.map((kind) => (
            <li key={kind}>
              <i data-kind={kind} />
              {t(`zen.${kind}`)} <b>{tally[kind]}</b>
            </li>
          ))}
        </ul>
        <Held sending={props.sending} standsStill={props.standsStill} trail={props.trail} onTakeBack={props.onTakeBack} />
      </footer>
    </div>
  );
}

/** Since one-at-a-time was opened. */
function Pace({ handled }: { handled: number }) {
  const { t } = useTranslation();
  const now = useMinute();
  const [start] = useState({ at: Date.now(), handled });
  const pace = paceOf(handled - start.handled, now - start.at);
  return <span className="zen-pace muted">{pace ? t("zen.pace", pace) : ""}</span>;
}

function ZenCard(props: ZenProps & { detail: CommentDetail }) {
  const { detail, state, desk, asked, acts, account, editorRef, sending } = props;
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const { row, post } = detail;
  const newest = detail.actions[0];
  const editable = row.stage !== "in_outbox" && row.stage !== "done" && row.stage !== "to_draft" && row.stage !== "to_classify";
  return (
    <>
      <article className="zen-card" data-testid="detail" data-comment={row.id}>
        <header className="zen-who">
          <PlatformIcon platform={row.platform} />
          <b>
            <bdi>{nameOf(row)}</bdi>
          </b>
          <span className="muted clip">
            <bdi>{row.author_username}</bdi> · <bdi>{account?.username}</bdi> · {ago(row.published_at, i18n.language, now)}
          </span>
          <span className="grow" />
          {row.labels.slice(0, 2).map((label, at) => (
            <LabelChip key={label.label} label={label} place={at === 0 ? "primary" : "second"} />
          ))}
          <AlikeChip row={row} />
        </header>
        <div className="zen-post">
          <Thumb post={post.id} kind={post.kind} size="tiny" />
          <span className="clip support grow">{post.caption}</span>
          <small className="muted nowrap">
            {t(`post.${post.kind}`, { defaultValue: t("post.image") })}, {shortDate(post.published_at, i18n.language, now)}
          </small>
        </div>
        {detail.thread.length > 1 ? (
          <ul className="zen-thread">
            {detail.thread
              .filter((turn) => !turn.current)
              .slice(-2)
              .map((turn) => (
                <li key={turn.comment_id}>
                  <b>
                    <bdi>{turn.by_us ? (account?.username ?? turn.author_name) : turn.author_name}</bdi>
                  </b>{" "}
                  <span lang={langOf(turn.language)} dir="auto">
                    {turn.text}
                  </span>
                </li>
              ))}
          </ul>
        ) : null}
        <Text text={row.text} language={row.language} />
        {row.badges.length > 0 ? (
          <p className="turn-badges">
            {row.badges.map((badge) => (
              <Badge key={badge} reason={badge} />
            ))}
          </p>
        ) : null}
        {row.stage === "stuck" ? <Stuck reason={detail.stuck_reason} /> : null}
        {newest && !editable ? <ActionState action={newest} sending={sending} /> : null}
        {editable && !detail.draft ? <Declined detail={detail} /> : null}
        {isWriting(detail, state, asked) ? (
          <DraftCard detail={detail} state={state} desk={desk} editorRef={editorRef} onApprove={acts.approve} onLeave={props.onLeaveEditor} onDiscard={props.onDiscard} />
        ) : null}
      </article>
      <div className="zen-under" aria-hidden="true" />
      <div className="zen-under zen-under-2" aria-hidden="true" />
    </>
  );
}

/** A long comment keeps its own room: a fade says that there is more, and the keys that scroll a page reach it. */
function Text({ text, language }: { text: string; language: string }) {
  const { t } = useTranslation();
  const box = useRef<HTMLParagraphElement>(null);
  const [more, setMore] = useState<{ above: boolean; below: boolean }>({ above: false, below: false });
  const look = () => {
    const { scrollTop = 0, clientHeight = 0, scrollHeight = 0 } = box.current ?? {};
    const above = scrollTop > 1;
    const below = scrollTop + clientHeight < scrollHeight - 1;
    setMore((before) => (before.above === above && before.below === below ? before : { above, below }));
  };
  useLayoutEffect(look, [text]);
  const long = more.above || more.below;
  return (
    <p
      ref={box}
      className="zen-say"
      lang={langOf(language)}
      dir="auto"
      data-above={more.above || undefined}
      data-below={more.below || undefined}
      data-testid="zen-text"
      onScroll={look}
      {...(long ? { tabIndex: 0, role: "region", "aria-label": t("detail.label") } : {})}
    >
      {text.trim() === "" ? <span className="muted">{t("list.empty_text")}</span> : text}
    </p>
  );
}

function Keys({ detail, hiding, state, asked, acts, hasNext, snoozeOpen, onSnoozeOpen, onSkip, onUndo }: ZenProps & { detail: CommentDetail }) {
  const { t } = useTranslation();
  const can = allowed(detail, state, hiding);
  const writing = isWriting(detail, state, asked);
  const act = (name: keyof CardActs, key: string, word: string, run: () => void, primary = false, off = !can.has(name)) => (
    <button key={name} type="button" className="zen-key" data-primary={primary || undefined} disabled={off} onClick={run} data-testid={`zen-${name}`}>
      <kbd>{key}</kbd>
      <span>{word}</span>
    </button>
  );
  return (
    <SnoozePopover open={snoozeOpen && can.has("snooze")} onOpenChange={onSnoozeOpen} onPick={acts.snooze}>
      <div className="zen-keys" role="toolbar" aria-label={t("sheet.act")}>
        {act("approve", "a", t("act.approve"), acts.approve, true, !can.has("approve") || !writing)}
        {act("edit", "e", t("act.edit"), acts.edit)}
        {can.has("retryStuck") ? act("retryStuck", "r", t("stuck.retry"), acts.retryStuck) : act("regenerate", "r", t(detail.draft ? "act.regenerate" : "act.try_draft"), acts.regenerate)}
        <i />
        {act("dismiss", "d", t("act.done"), acts.dismiss)}
        {hiding === null ? null : detail.row.hidden ? (hiding.undoable ? act("unhide", "h", t("act.unhide"), acts.unhide) : null) : act("hide", "h", t("act.hide"), acts.hide)}
        {act("snooze", "s", t("act.snooze"), () => {
          onSnoozeOpen(true);
        })}
        {act("escalate", "!", t("act.escalate"), acts.escalate)}
        <i />
        <button type="button" className="zen-key" onClick={onUndo}>
          <kbd>z</kbd>
          <span>{t("act.undo")}</span>
        </button>
        <button type="button" className="zen-key" disabled={!hasNext} onClick={onSkip}>
          <kbd>j</kbd>
          <span>{t("act.skip")}</span>
        </button>
      </div>
    </SnoozePopover>
  );
}

function Held({ sending, standsStill, trail, onTakeBack }: { sending: boolean; standsStill: boolean; trail: UndoTrail; onTakeBack: (action: ActionView) => void }) {
  const { t } = useTranslation();
  const held = useHeld();
  const newest = useIsNewest(trail, held?.action);
  return (
    <p className="zen-held">
      <span className={`dot ${sending ? "dot-ok" : "dot-bad"}`} />
      {t(sending ? "sending.on" : standsStill ? "sending.still" : "sending.off")}
      {held ? (
        <>
          <i aria-hidden="true">·</i>
          <span>
            <bdi>{heldWords(t, held.action)}</bdi>
            {sending ? <span aria-hidden="true">, {t("notice.seconds_left", { count: held.seconds })}</span> : null}
          </span>
          <button
            type="button"
            className="btn btn-small"
            data-testid="undo"
            onClick={() => {
              onTakeBack(held.action);
            }}
          >
            {t("act.undo")} {newest ? <kbd>z</kbd> : null}
          </button>
        </>
      ) : null}
    </p>
  );
}

function Finished() {
  const { t } = useTranslation();
  return (
    <div className="empty" data-good="">
      <span className="empty-sign">
        <Icon of={CircleCheck} size={20} />
      </span>
      <h2>{t("zen.finished")}</h2>
      <p>{t("zen.finished_text")}</p>
    </div>
  );
}
