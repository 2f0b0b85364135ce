import type { ActionView } from "@/contract/contract";
import { useCommand } from "@/backend/queries";
import { useNow } from "@/shared/useNow";

/** The engine's time, stepping once a second: its clock may differ from the window's, and every countdown is on it. */
export function useEngineNow(): number {
  const outbox = useCommand("list_outbox", null);
  const now = useNow();
  return outbox.data ? now + outbox.data.now - outbox.dataUpdatedAt : now;
}

/** Never more than its whole hold, also while the window's step lags behind the engine. */
export function millisecondsLeft(action: Pick<ActionView, "created_at" | "due_at">, engineNow: number): number {
  return Math.min(Math.max(0, action.due_at - engineNow), Math.max(0, action.due_at - action.created_at));
}

export function secondsLeft(action: Pick<ActionView, "created_at" | "due_at">, engineNow: number): number {
  return Math.ceil(millisecondsLeft(action, engineNow) / 1000);
}
