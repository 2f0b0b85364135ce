import type { CommentPage, QueueName } from "@/contract/contract";
import type { Backend } from "@/backend/backend";

/** Where a comment whose reply was refused waits again. */
const QUEUES: QueueName[] = ["needs_review", "escalated", "snoozed"];
const PAGE = 200;
const MOST_PAGES = 25;

/**
 * The next comment after `from`, itself such a one, whose last reply was refused. No queue and no filter holds them, so the queues they
 * went back to are read until one is there; `null` when none is among the newest of each.
 */
export async function findFailed(backend: Backend, from: number | null): Promise<number | null> {
  let first: number | null = null;
  let passed = from === null;
  for (const queue of QUEUES) {
    let after: string | null = null;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer: CommentPage = await backend.call("list_comments", { queue, account_id: null, search: null, label: null, sort: "newest", after, limit: PAGE, fold: false });
      for (const row of answer.rows) {
        if (!row.badges.includes("send_failed")) continue;
        if (passed) return row.id;
        first ??= row.id;
        passed = row.id === from;
      }
      after = answer.next;
      if (after === null) break;
    }
  }
  return first;
}
