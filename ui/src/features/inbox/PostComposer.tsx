import { useId, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, PostDetail } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { Failed } from "@/backend/Failed";
import { isApproveFromEditor, MOD } from "@/shared/keys";
import type { PostAct } from "./usePostActs";

interface Props {
  detail: PostDetail;
  text: string;
  onWrite: (text: string) => void;
  holdSeconds: number;
  act: PostAct;
  /** What says why nothing can be sent now. */
  why: string | undefined;
  area: RefObject<HTMLTextAreaElement | null>;
  onHeld: (words: string) => void;
}

/** A comment of the brand under its own post; it goes to the outbox, and the words leave the field once they are there. */
export function PostComposer({ detail, text, onWrite, holdSeconds, act, why, area, onHeld }: Props) {
  const { t } = useTranslation();
  const field = useId();
  const foot = useId();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CommandError | null>(null);
  const limit = detail.max_chars;
  const length = Array.from(text).length;
  const over = Math.max(0, length - limit);
  const ready = !busy && why === undefined && text.trim() !== "" && over === 0;

  const send = async () => {
    if (!ready) return;
    setBusy(true);
    setError(null);
    try {
      await act("comment_on_post", { post_id: detail.post.id, text });
      onWrite("");
      onHeld(t("post.said.held"));
    } catch (thrown) {
      setError(toCommandError(thrown));
    } finally {
      setBusy(false);
      area.current?.focus();
    }
  };

  return (
    <section className="post-write">
      <h3>
        <label htmlFor={field}>{t("post.write", { account: detail.account_username })}</label>
      </h3>
      <div className="more-write" data-off={why === undefined ? undefined : true} data-stopped={over > 0 ? true : undefined}>
        <textarea
          ref={area}
          id={field}
          data-testid="post-text"
          aria-describedby={[foot, why].filter(Boolean).join(" ")}
          aria-disabled={why !== undefined}
          aria-invalid={over > 0}
          rows={3}
          dir="auto"
          spellCheck
          value={text}
          readOnly={busy || why !== undefined}
          onChange={(event) => {
            onWrite(event.target.value);
            setError(null);
          }}
          onKeyDown={(event) => {
            if (!isApproveFromEditor(event)) return;
            event.preventDefault();
            if (!event.repeat) void send();
          }}
        />
        <div className="more-foot post-write-foot">
          <span className={over > 0 ? "over grow" : "muted grow"} id={foot} data-testid="post-foot">
            {over > 0 ? t("post.too_long", { count: over }) : why !== undefined ? "" : holdSeconds > 0 ? t("post.hold", { count: holdSeconds }) : t("more.no_hold")}
          </span>
          <span className={over > 0 ? "over nowrap" : "muted nowrap"} data-testid="post-length">
            <span aria-hidden="true">{t("draft.length", { length, limit })}</span>
            <span className="unseen">{t("draft.length_label", { length, limit })}</span>
          </span>
          <button type="button" className="btn btn-primary" data-testid="post-send" aria-disabled={!ready} aria-describedby={why} onClick={() => void send()}>
            {t("post.send")} <kbd>{MOD} ⏎</kbd>
          </button>
        </div>
      </div>
      {error ? <Failed error={error} advice={t("more.not_sent")} /> : null}
    </section>
  );
}
