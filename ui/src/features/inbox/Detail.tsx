import { ChevronDown, ChevronUp, Ellipsis, EyeOff, Link2, MessageSquarePlus, MousePointerClick, Route, TriangleAlert } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useRef, useState, type ReactNode, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { AccountView, CommandError, CommentDetail, HidingView, Label, ThreadTurnView, UnknownView } from "@/contract/contract";
import { failureOf } from "@/backend/failure";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { firstSentence, initials } from "@/shared/text";
import { Tip } from "@/shared/Tip";
import { ago, shortDate } from "@/shared/time";
import { useAfterClose, type AfterClose } from "@/shared/useAfterClose";
import { useMinute } from "@/shared/useNow";
import { ActionBar } from "./ActionBar";
import type { CardActs } from "./allowed";
import { AuthorCard, AuthorStrip } from "./Author";
import { CampaignCard } from "./Campaign";
import { Badge } from "./Chips";
import { DraftCard, type DraftState } from "./DraftCard";
import type { DraftDesk } from "./draftDesk";
import { LabelPopover } from "./LabelPopover";
import { ActionState, Declined, History, LockedReply, StageNote, Stuck } from "./Outcome";
import { Thumb } from "./Thumb";
import type { UndoTrail } from "./undoTrail";
import type { Alike } from "./useAlike";
import { MORE_ICONS } from "./more";
import type { MoreMenu } from "./useMore";
import { langOf, nameOf } from "./words";

const EDITABLE = ["to_review", "snoozed", "escalated", "stuck"];

export function isWriting(detail: CommentDetail, state: DraftState, asked: boolean): boolean {
  return EDITABLE.includes(detail.row.stage) && (detail.draft !== null || state.text !== "" || asked);
}

export interface DetailProps {
  detail: CommentDetail | undefined;
  error: CommandError | null;
  empty: boolean;
  /** There is something to choose. */
  hint: boolean;
  account: AccountView | undefined;
  /** What the platform lets hide. */
  hiding: HidingView | null;
  /** What is known while nobody knows whether the reply is out. */
  unknown: UnknownView | undefined;
  at: number;
  total: number;
  hasNext: boolean;
  left: boolean;
  sending: boolean;
  state: DraftState;
  desk: DraftDesk;
  /** "Write it yourself" was asked for. */
  asked: boolean;
  acts: CardActs;
  trail: UndoTrail;
  onFixAll: () => void;
  editorRef: RefObject<HTMLTextAreaElement | null>;
  snoozeOpen: boolean;
  onSnoozeOpen: (open: boolean) => void;
  onMove: (by: 1 | -1) => void;
  onLeaveEditor: () => void;
  onDiscard: () => void;
  onCorrect: (label: Label) => void;
  onCopy: (text: string, said: string) => void;
  onRetry: () => void;
  /** Shows the way of this comment through the stages. */
  onTrace: () => void;
  /** What else the platform allows. */
  more: MoreMenu;
  /** Others say the same. */
  alike: Alike | null;
  /** Opens another comment. */
  onSelect: (id: number) => void;
  /** Shows what can be done to the post itself. */
  onPost: () => void;
}

export function Detail(props: DetailProps) {
  const { detail, error, empty } = props;
  const { t } = useTranslation();
  if (!detail) {
    return (
      <section className="detail" data-testid="detail" aria-label={t("detail.label")}>
        <div className="bar" />
        {error ? <CouldNotOpen error={error} onRetry={props.onRetry} /> : empty ? props.hint ? <Nothing /> : null : <Opening />}
      </section>
    );
  }
  return <Card {...props} detail={detail} />;
}

function Card(props: DetailProps & { detail: CommentDetail }) {
  const { detail, state, desk, asked, acts, left, sending, editorRef } = props;
  const { t } = useTranslation();
  const { row } = detail;
  const writing = isWriting(detail, state, asked);
  // What was taken back before it left says nothing about what stands on the platform.
  const newest = (row.stage === "done" ? detail.actions.find((action) => action.state !== "cancelled") : undefined) ?? detail.actions[0];
  return (
    <section className="detail" data-testid="detail" data-comment={row.id} data-stage={row.stage} aria-label={`${t("detail.label")}, ${nameOf(row)}`}>
      <Head {...props} detail={detail} />
      <div className="columns">
        <div className="read" tabIndex={-1}>
          <PostHead detail={detail} onPost={props.onPost} />
          <Thread {...props} detail={detail} />
          <AuthorStrip author={detail.author} />
          {props.alike ? <CampaignCard key={props.alike.view.id} current={row.id} alike={props.alike} onSelect={props.onSelect} /> : null}
          {left ? <MovedOn /> : null}
          {row.stage === "in_outbox" && newest ? (
            <>
              <ActionState action={newest} unknown={props.unknown} sending={sending} />
              {newest.text ? <LockedReply action={newest} language={detail.draft?.language ?? row.language} /> : null}
              <History action={newest} unknown={props.unknown} />
            </>
          ) : (
            <>
              {row.stage === "stuck" ? <Stuck reason={detail.stuck_reason} /> : <StageNote detail={detail} />}
              {newest && (newest.state === "failed" || row.stage === "done") ? <ActionState action={newest} sending={sending} /> : null}
              {row.stage === "done" && newest?.text && newest.state === "confirmed" ? <LockedReply action={newest} language={row.language} /> : null}
              {row.stage === "to_classify" || row.stage === "to_draft" ? <Drafting classify={row.stage === "to_classify"} /> : null}
              {EDITABLE.includes(row.stage) && !detail.draft ? <Declined detail={detail} /> : null}
              {writing ? (
                <DraftCard
                  detail={detail}
                  state={state}
                  desk={desk}
                  editorRef={editorRef}
                  onApprove={acts.approve}
                  onLeave={props.onLeaveEditor}
                  onDiscard={props.onDiscard}
                />
              ) : null}
              {row.stage === "done" && newest ? <History action={newest} /> : null}
            </>
          )}
        </div>
        <aside className="author-pane" aria-label={t("author.title")}>
          <AuthorCard author={detail.author} />
        </aside>
      </div>
      <ActionBar detail={detail} hiding={props.hiding} unknown={props.unknown} state={state} writing={writing} acts={acts} trail={props.trail} onFixAll={props.onFixAll} snoozeOpen={props.snoozeOpen} onSnoozeOpen={props.onSnoozeOpen} />
    </section>
  );
}

function Head({ detail, account, unknown, at, total, hasNext, onMove, onCopy, onTrace, more }: DetailProps & { detail: CommentDetail }) {
  const { t } = useTranslation();
  const menuButton = useRef<HTMLButtonElement>(null);
  const afterMenu = useAfterClose();
  // The comment itself where its place is known.
  const link = unknown?.permalink ?? detail.post.permalink;
  return (
    <div className="bar detail-head">
      <PlatformIcon platform={detail.row.platform} />
      <bdi className="clip">{account?.username}</bdi>
      {account ? (
        <span className="mode" data-mode={account.mode}>
          {t(`mode.${account.mode}`)}
        </span>
      ) : null}
      {detail.row.hidden ? (
        <span className="reason">
          <Icon of={EyeOff} size={12} />
          {t("detail.hidden")}
        </span>
      ) : null}
      <span className="grow" />
      {at >= 0 ? <span className="muted nowrap detail-position">{t("detail.position", { at: at + 1, total })}</span> : null}
      <Tip text={t("detail.previous")} keys="k">
        <button
          type="button"
          className="btn-icon"
          aria-label={t("detail.previous")}
          disabled={at <= 0}
          onClick={() => {
            onMove(-1);
          }}
        >
          <Icon of={ChevronUp} />
        </button>
      </Tip>
      <Tip text={t("detail.next")} keys="j">
        <button
          type="button"
          className="btn-icon"
          aria-label={t("detail.next")}
          disabled={!hasNext}
          onClick={() => {
            onMove(1);
          }}
        >
          <Icon of={ChevronDown} />
        </button>
      </Tip>
      {link ? (
        <Tip text={t("detail.copy_link")}>
          <button
            type="button"
            className="btn-icon detail-link"
            aria-label={t("detail.copy_link")}
            onClick={() => {
              onCopy(link, t("detail.link_copied"));
            }}
          >
            <Icon of={Link2} />
          </button>
        </Tip>
      ) : null}
      <Tip text={t("detail.trace")}>
        <button type="button" className="btn-icon detail-link" data-testid="trace-open" aria-label={t("detail.trace")} onClick={onTrace}>
          <Icon of={Route} />
        </button>
      </Tip>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger asChild>
          <button ref={menuButton} type="button" className="btn-icon" data-testid="detail-more" aria-label={t("detail.more")}>
            <Icon of={Ellipsis} />
          </button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8} onCloseAutoFocus={afterMenu.backTo(menuButton)}>
            <MoreItems more={more} onChoose={afterMenu.choose} />
            <DropdownMenu.Separator className="menu-line" />
            {link ? (
              <DropdownMenu.Item
                className="menu-item"
                onSelect={() => {
                  onCopy(link, t("detail.link_copied"));
                }}
              >
                <span className="grow">{t("detail.copy_link")}</span>
              </DropdownMenu.Item>
            ) : null}
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() => {
                afterMenu.choose(onTrace);
              }}
            >
              <span className="grow">{t("detail.trace")}</span>
            </DropdownMenu.Item>
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() => {
                onCopy(detail.trace_id, t("common.copied"));
              }}
            >
              <span className="grow">{t("detail.copy_trace")}</span>
              <span className="mono">{detail.trace_id.slice(0, 12)}</span>
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </div>
  );
}

function MoreItems({ more: { offers, note, retry }, onChoose }: { more: MoreMenu; onChoose: AfterClose["choose"] }) {
  const { t } = useTranslation();
  return (
    <>
      {offers.map(({ act, words, run }) => (
        <DropdownMenu.Item
          key={act}
          className="menu-item"
          data-testid={`more-${act}`}
          data-danger={act === "delete" || act === "ban" || undefined}
          onSelect={() => {
            onChoose(run);
          }}
        >
          <Icon of={MORE_ICONS[act]} size={14} />
          <span className="grow">{words}</span>
        </DropdownMenu.Item>
      ))}
      {note ? (
        <DropdownMenu.Label className="menu-note" data-testid="more-note">
          {note}
        </DropdownMenu.Label>
      ) : null}
      {retry ? (
        <DropdownMenu.Item
          className="menu-item"
          data-testid="more-retry"
          onSelect={(event) => {
            // The menu stays for the answer.
            event.preventDefault();
            retry();
          }}
        >
          <span className="grow">{t("common.retry")}</span>
        </DropdownMenu.Item>
      ) : null}
    </>
  );
}

function PostHead({ detail: { post }, onPost }: { detail: CommentDetail; onPost: () => void }) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const now = useMinute();
  const [first, rest] = firstSentence(post.caption);
  const facts = [
    `${t(`post.${post.kind}`, { defaultValue: t("post.image") })}, ${shortDate(post.published_at, i18n.language, now)}`,
    post.like_count === null ? null : t("post.likes", { count: post.like_count }),
    post.comments_count === null ? null : t("post.comments", { count: post.comments_count }),
  ].filter((fact) => fact !== null);
  return (
    <div className="post" data-open={open || undefined}>
      <Thumb post={post.id} kind={post.kind} size="post" />
      <div className="grow">
        <p className="post-caption" dir="auto">
          {post.caption.trim() === "" ? <span className="muted">{t("post.no_caption")}</span> : null}
          <b>{first}</b>
          {rest}
        </p>
        <small className="muted clip">{facts.join(" · ")}</small>
      </div>
      <Tip text={t("post.command")}>
        <button type="button" className="btn-icon" data-testid="post-open" aria-label={t("post.open")} aria-haspopup="dialog" onClick={onPost}>
          <Icon of={MessageSquarePlus} />
        </button>
      </Tip>
      <Tip text={t(open ? "post.less" : "post.more")}>
        <button
          type="button"
          className="btn-icon"
          aria-label={t(open ? "post.less" : "post.more")}
          aria-expanded={open}
          onClick={() => {
            setOpen(!open);
          }}
        >
          <Icon of={open ? ChevronUp : ChevronDown} />
        </button>
      </Tip>
    </div>
  );
}

const TURNS_SHOWN = 3;

function Thread({ detail, onCorrect, account }: DetailProps & { detail: CommentDetail }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const text = useRef<HTMLParagraphElement>(null);
  const { row } = detail;
  const at = detail.thread.findIndex((turn) => turn.current);
  const before = at < 0 ? detail.thread : detail.thread.slice(0, at);
  const after = at < 0 ? [] : detail.thread.slice(at + 1);
  const shown = all ? before : before.slice(-TURNS_SHOWN);
  const now = useMinute();
  const { i18n } = useTranslation();
  return (
    <div className="thread">
      {before.length > shown.length ? (
        <button
          type="button"
          className="btn btn-quiet btn-small thread-earlier"
          onClick={() => {
            setAll(true);
          }}
        >
          {t("detail.earlier", { count: before.length - shown.length })}
        </button>
      ) : null}
      {shown.map((turn) => (
        <Turn key={turn.comment_id} turn={turn} account={account?.username} />
      ))}
      <article className="turn turn-current">
        <span className="avatar" aria-hidden="true">
          {initials(nameOf(row))}
        </span>
        <div className="grow">
          <header>
            <b className="clip">
              <bdi>{nameOf(row)}</bdi>
            </b>
            <time className="muted nowrap" dateTime={new Date(row.published_at).toISOString()}>
              {ago(row.published_at, i18n.language, now)}
            </time>
            <span className="grow" />
            <LabelPopover detail={detail} disabled={row.stage === "to_classify"} under={text} onCorrect={onCorrect} />
          </header>
          <p ref={text} className="comment-text" lang={langOf(row.language)} dir="auto" data-testid="comment-text">
            {row.text.trim() === "" ? <span className="muted">{t("list.empty_text")}</span> : row.text}
          </p>
          {row.badges.length > 0 ? (
            <p className="turn-badges">
              {row.badges.map((badge) => (
                <Badge key={badge} reason={badge} />
              ))}
            </p>
          ) : null}
        </div>
      </article>
      {after.map((turn) => (
        <Turn key={turn.comment_id} turn={turn} account={account?.username} />
      ))}
    </div>
  );
}

function Turn({ turn, account }: { turn: ThreadTurnView; account: string | undefined }) {
  const { i18n } = useTranslation();
  const now = useMinute();
  const name = turn.by_us ? (account ?? turn.author_name) : turn.author_name;
  return (
    <article className="turn">
      <span className={turn.by_us ? "avatar avatar-us" : "avatar"} aria-hidden="true">
        {turn.by_us ? (Array.from(name)[0]?.toUpperCase() ?? "") : initials(name)}
      </span>
      <div className="grow">
        <header>
          <b className="clip">
            <bdi>{name}</bdi>
          </b>
          <time className="muted">{ago(turn.published_at, i18n.language, now)}</time>
        </header>
        <p lang={langOf(turn.language)} dir="auto">
          {turn.text}
        </p>
      </div>
    </article>
  );
}

function Drafting({ classify }: { classify: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="tell" role="status">
      <span className="spinner icon" />
      <b>{t(classify ? "draft.to_classify" : "draft.drafting")}</b>
      <p>{t("draft.drafting_text")}</p>
    </div>
  );
}

function MovedOn() {
  const { t } = useTranslation();
  return (
    <p className="moved-on muted" role="status">
      {t("detail.moved_on")}. {t("detail.moved_on_text")}
    </p>
  );
}

function Centre({ children }: { children: ReactNode }) {
  return <div className="detail-centre">{children}</div>;
}

function Nothing() {
  const { t } = useTranslation();
  return (
    <Centre>
      <Icon of={MousePointerClick} size={20} />
      <b>{t("detail.nothing")}</b>
      <p className="muted">{t("detail.nothing_text")}</p>
    </Centre>
  );
}

function Opening() {
  const { t } = useTranslation();
  return (
    <Centre>
      <p className="late muted" role="status">
        {t("detail.loading")}
      </p>
    </Centre>
  );
}

function CouldNotOpen({ error, onRetry }: { error: CommandError; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="detail-failed" role="alert">
      <div className="tell tell-warn">
        <Icon of={TriangleAlert} />
        <b>{t("detail.failed")}</b>
        <Said words={error.message}>{t(failureOf(error).advice)}</Said>
        <div className="tell-do">
          <button type="button" className="btn" onClick={onRetry}>
            {t("common.retry")}
          </button>
        </div>
      </div>
    </div>
  );
}
