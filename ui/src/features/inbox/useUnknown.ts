import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { ActionView, Settlement, UnknownView } from "@/contract/contract";
import { useBackend } from "@/backend/context";
import { keys, useCommand } from "@/backend/queries";

/** The engine looks at the thread by itself, and no event tells of a look that found nothing. */
const LOOK_MS = 5_000;

/** Two clocks of one computer, read one after the other. */
const SAME_MS = 1_000;

/** The request can arrive no longer, so a person may send it again or give it up. */
export function canDecide(unknown: UnknownView | undefined): boolean {
  return unknown !== undefined && unknown.settled_at - unknown.now <= SAME_MS;
}

/** What is known of an action whose outcome is not; nothing for every other. */
export function useUnknown(action: ActionView | undefined): UnknownView | undefined {
  const waits = action?.state === "unknown";
  const unknown = useCommand("get_unknown", { action_id: action?.id ?? 0 }, { enabled: waits, refetchInterval: LOOK_MS });
  return waits ? unknown.data : undefined;
}

/** A person's word on such an action. What was refused is told by the caller. */
export function useSettle(fail: (thrown: unknown, comment: number) => void) {
  const backend = useBackend();
  const client = useQueryClient();
  return useCallback(
    async (action: ActionView, outcome: Settlement) => {
      try {
        await backend.call("settle_unknown", { action_id: action.id, outcome });
      } catch (thrown) {
        fail(thrown, action.comment_id);
      } finally {
        for (const queryKey of [["get_unknown"], ["list_outbox"], ["get_overview"], keys.comment(action.comment_id)]) void client.invalidateQueries({ queryKey });
      }
    },
    [backend, client, fail],
  );
}
