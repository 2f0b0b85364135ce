import { Ban, Link2, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useEffect, useId, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, PostDetail } from "@/contract/contract";
import { Failed } from "@/backend/Failed";
import { useCommand } from "@/backend/queries";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { Tip } from "@/shared/Tip";
import { shortDate } from "@/shared/time";
import { useMinute } from "@/shared/useNow";
import { useReturnFocus } from "@/shared/useReturnFocus";
import { useNotices } from "./notices";
import { OwnComments } from "./OwnComments";
import { PostComposer } from "./PostComposer";
import { PostSwitch } from "./PostSwitch";
import { Thumb } from "./Thumb";
import { usePostActs, usePostWords, type PostAct } from "./usePostActs";

/** The post that the panel is open for. */
export interface PostAsked {
  post_id: number;
  account_id: number;
  platform: string;
}

interface Props {
  asked: PostAsked;
  holdSeconds: number;
  onCopy: (text: string, said: string) => void;
  /** Tells of a failure that came once the panel was closed. */
  onFailedLater: (error: CommandError) => void;
  onClose: () => void;
}

/** A post itself: its comments switched on and off, and comments of the brand under it. */
export function PostPanel({ asked, holdSeconds, onCopy, onFailedLater, onClose }: Props) {
  const { t } = useTranslation();
  const returnFocus = useReturnFocus(true);
  const panel = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const [wantsOff, setWantsOff] = useState(false);
  const query = useCommand("get_post", { post_id: asked.post_id });
  const act = usePostActs(asked.post_id, onFailedLater);
  const { data: detail, error } = query;
  const there = detail !== undefined;
  const asking = wantsOff && detail?.refused === null;

  const begin = () => {
    const field = area.current;
    if (!field) return false;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    return true;
  };
  useEffect(() => {
    // What was read after the opening takes the focus only while nobody has moved it.
    if (there && document.activeElement === panel.current) begin();
  }, [there]);

  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          ref={panel}
          className="dialog post-panel"
          data-testid="post-panel"
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            if (!begin()) panel.current?.focus();
          }}
          onEscapeKeyDown={(event) => {
            if (!asking) return;
            // Only the question is left.
            event.preventDefault();
            setWantsOff(false);
          }}
          onCloseAutoFocus={returnFocus}
        >
          <header>
            <Dialog.Title asChild>
              <h2 className="grow">{t("post.title")}</h2>
            </Dialog.Title>
            {detail?.post.permalink ? <CopyLink link={detail.post.permalink} onCopy={onCopy} /> : null}
            <Dialog.Close asChild>
              <button type="button" className="btn-icon" aria-label={t("common.close")}>
                <Icon of={X} />
              </button>
            </Dialog.Close>
          </header>
          <div className="dialog-body post-panel-body">
            {error ? (
              <Failed
                error={error}
                advice={t("post.failed")}
                onRetry={() => {
                  panel.current?.focus();
                  void query.refetch();
                }}
              />
            ) : null}
            {detail ? (
              <Body asked={asked} detail={detail} readAt={query.dataUpdatedAt} holdSeconds={holdSeconds} act={act} area={area} asking={asking} onAsking={setWantsOff} />
            ) : error ? null : (
              <p className="late muted post-panel-reading" role="status">
                {t("post.reading")}
              </p>
            )}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function CopyLink({ link, onCopy }: { link: string; onCopy: Props["onCopy"] }) {
  const { t } = useTranslation();
  return (
    <Tip text={t("detail.copy_link")}>
      <button
        type="button"
        className="btn-icon"
        aria-label={t("detail.copy_link")}
        onClick={() => {
          onCopy(link, t("detail.link_copied"));
        }}
      >
        <Icon of={Link2} />
      </button>
    </Tip>
  );
}

interface BodyProps {
  asked: PostAsked;
  detail: PostDetail;
  /** By the window's clock. */
  readAt: number;
  holdSeconds: number;
  act: PostAct;
  area: RefObject<HTMLTextAreaElement | null>;
  asking: boolean;
  onAsking: (asking: boolean) => void;
}

function Body({ asked, detail, readAt, holdSeconds, act, area, asking, onAsking }: BodyProps) {
  const { t } = useTranslation();
  const notices = useNotices();
  const say = (words: string) => {
    notices.say(words);
  };
  const why = useId();
  const [text, write] = usePostWords(asked.post_id);
  const accounts = useCommand("list_accounts", null);
  const card = accounts.data?.accounts.find((each) => each.id === asked.account_id);
  const { refused, can_comment, can_switch_comments } = detail;
  const again = (words: string) => {
    // What is being written is not thrown away for it.
    write(text.trim() === "" || text.trim() === words ? words : `${text.trimEnd()}\n${words}`);
    // The field has the words once they are drawn.
    setTimeout(() => {
      area.current?.focus();
      area.current?.setSelectionRange(area.current.value.length, area.current.value.length);
    }, 0);
  };
  return (
    <>
      <PostLine asked={asked} detail={detail} />
      {refused || (!can_comment && !can_switch_comments) ? (
        <div className="tell tell-warn" id={why} data-testid="post-refused">
          <Icon of={Ban} />
          <b>{t(refused ? "post.refused_title" : "post.offers_nothing")}</b>
          {refused ? <p>{t(`post.refused.${refused}`)}</p> : null}
        </div>
      ) : null}
      {can_switch_comments ? <PostSwitch detail={detail} act={act} why={refused ? why : undefined} asking={asking} onAsking={onAsking} onSwitched={say} /> : null}
      {can_comment ? <PostComposer detail={detail} text={text} onWrite={write} holdSeconds={holdSeconds} act={act} why={refused ? why : undefined} area={area} onHeld={say} /> : null}
      <OwnComments
        detail={detail}
        readAt={readAt}
        act={act}
        looksItself={card?.capabilities?.can_look_again ?? true}
        onAgain={can_comment && !refused ? again : null}
        onSaid={say}
      />
    </>
  );
}

function PostLine({ asked: { platform }, detail: { post, account_username } }: { asked: PostAsked; detail: PostDetail }) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  return (
    <div className="post-line">
      <Thumb post={post.id} kind={post.kind} />
      <div className="grow">
        <p className="clip" dir="auto" title={post.caption}>
          {post.caption.trim() === "" ? <span className="muted">{t("post.no_caption")}</span> : post.caption}
        </p>
        <small className="muted clip">
          <PlatformIcon platform={platform} size={12} />
          <bdi>@{account_username}</bdi> · {t(`post.${post.kind}`, { defaultValue: t("post.image") })}, {shortDate(post.published_at, i18n.language, now)}
        </small>
      </div>
    </div>
  );
}
