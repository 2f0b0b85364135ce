import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { CommandError, Commands, PostDetail } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { keys } from "@/backend/queries";

type PostCommand = "set_post_comments" | "comment_on_post" | "cancel_own_comment" | "settle_own_comment";

/** Throws what refused it. */
export type PostAct = <N extends PostCommand>(name: N, request: Commands[N]["request"]) => Promise<PostDetail>;

export function usePostActs(post_id: number, onFailedLater: (error: CommandError) => void): PostAct {
  const backend = useBackend();
  const client = useQueryClient();
  const later = useRef<typeof onFailedLater | null>(null);
  useEffect(() => {
    later.current = null;
    return () => {
      // Nobody sees any more what is told in the panel.
      later.current = onFailedLater;
    };
  }, [onFailedLater]);
  return useCallback(
    async (name, request) => {
      const queryKey = keys.command("get_post", { post_id });
      try {
        const detail: PostDetail = await backend.call(name, request);
        client.setQueryData(queryKey, detail);
        return detail;
      } catch (thrown) {
        later.current?.(toCommandError(thrown));
        throw thrown;
      } finally {
        // A read that was on its way from before must not overwrite the answer, and what was refused has moved on.
        void client.invalidateQueries({ queryKey });
      }
    },
    [backend, client, post_id],
  );
}

const WORDS = "post_words";

function keep(client: QueryClient, post_id: number, text: string): void {
  const queryKey = [WORDS, post_id];
  if (text === "") client.removeQueries({ queryKey, exact: true });
  else client.setQueryData(queryKey, text);
}

/** What was typed under a post and not sent: kept while the app runs, whatever screen is shown, and for this workspace alone. */
export function usePostWords(post_id: number): [string, (text: string) => void] {
  const client = useQueryClient();
  const [text, setText] = useState(() => {
    client.setQueryDefaults([WORDS], { gcTime: Infinity });
    return client.getQueryData<string>([WORDS, post_id]) ?? "";
  });
  const write = useCallback(
    (next: string) => {
      setText(next);
      keep(client, post_id, next);
    },
    [client, post_id],
  );
  return [text, write];
}
