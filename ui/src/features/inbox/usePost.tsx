import { useCallback, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, CommentDetail } from "@/contract/contract";
import { PostPanel, type PostAsked } from "./PostPanel";

/** What can be done to the post of the comment that is open: opened from its block and from the palette. */
export function usePost(
  detail: CommentDetail | undefined,
  holdSeconds: number,
  onCopy: (text: string, said: string) => void,
  fail: (error: CommandError, name?: string) => void,
): { open: (() => void) | null; dialog: ReactNode } {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<PostAsked | null>(null);
  const close = useCallback(() => {
    setAsked(null);
  }, []);
  const failLater = useCallback(
    (error: CommandError) => {
      fail(error, t("post.title"));
    },
    [fail, t],
  );
  const open = () => {
    if (detail) setAsked({ post_id: detail.post.id, account_id: detail.row.account_id, platform: detail.row.platform });
  };
  return {
    open: detail ? open : null,
    dialog: asked ? <PostPanel key={asked.post_id} asked={asked} holdSeconds={holdSeconds} onCopy={onCopy} onFailedLater={failLater} onClose={close} /> : null,
  };
}
