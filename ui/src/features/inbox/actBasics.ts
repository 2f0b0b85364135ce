import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, CommentRow, Overview, QueueName, Stage } from "@/contract/contract";
import { toCommandError, type Backend } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { failureOf } from "@/backend/failure";
import { holdsOneOf, keys } from "@/backend/queries";
import type { Notices } from "./notices";
import { UndoTrail } from "./undoTrail";

export type TallyKind = "approved" | "edited" | "hidden" | "done";

export interface ActContext {
  queue: QueueName;
  notices: Notices;
  /** Moves the selection off rows that leave; the row to go on with. */
  goOn: (from: CommentRow[]) => CommentRow | null;
  select: (id: number) => void;
  want: (id: number) => void;
  /** Acting on a comment is reading it. */
  markRead: (row: CommentRow) => void;
}

export type Ref = { comment_id: number; version: number };

const STAGE_QUEUE: Partial<Record<Stage, QueueName>> = {
  to_review: "needs_review",
  in_outbox: "outbox",
  escalated: "escalated",
  snoozed: "snoozed",
  stuck: "stuck",
  done: "done",
};

export function leaves(queue: QueueName, to: Stage): boolean {
  return queue !== "all" && queue !== "hidden" && STAGE_QUEUE[to] !== queue;
}

/**
 * A card that moved on only because of our own saved edit, or of a look by a worker, is not a different card: when
 * text and stage are what the person saw, the act is asked for once more with the new version.
 */
export async function withFreshVersion<T>(backend: Backend, row: CommentRow, call: (ref: Ref) => Promise<T>): Promise<T> {
  try {
    return await call({ comment_id: row.id, version: row.version });
  } catch (thrown) {
    const error = toCommandError(thrown);
    if (error.code !== "moved_on") throw error;
    const now = await backend.call("get_comment", { comment_id: row.id, version: row.version });
    if (now.row.version === row.version || now.row.stage !== row.stage || now.row.text !== row.text) throw error;
    return call({ comment_id: row.id, version: now.row.version });
  }
}

/** What every act needs: the screen ahead of the engine and back again, and one act after the other. */
export interface ActBasics {
  backend: Backend;
  client: QueryClient;
  /** Read through, so that an act that took long sees the window as it is now. */
  context: () => ActContext;
  trail: UndoTrail;
  gone: ReadonlyMap<number, number>;
  tally: Record<TallyKind, number>;
  /** Acts reach the engine in the order in which they were made, or `z` would take back the wrong one. */
  inTurn: <T>(run: () => Promise<T>) => Promise<T>;
  /** Resolves when every act made so far has ended. */
  acted: () => Promise<void>;
  mark: (id: number, value: number | null) => void;
  count: (kind: TallyKind, by: number) => void;
  shiftCounts: (from: Stage, to: Stage) => void;
  refresh: (id?: number) => void;
  fail: (error: CommandError, name?: string, id?: number) => void;
}

export function useActBasics(context: ActContext): ActBasics {
  const { t } = useTranslation();
  const backend = useBackend();
  const client = useQueryClient();
  const [trail] = useState(() => new UndoTrail());
  const [gone, setGone] = useState<ReadonlyMap<number, number>>(new Map());
  const [tally, setTally] = useState<Record<TallyKind, number>>({ approved: 0, edited: 0, hidden: 0, done: 0 });
  const latest = useRef(context);
  latest.current = context;
  const read = useCallback(() => latest.current, []);

  const turn = useRef<Promise<unknown>>(Promise.resolve());
  const inTurn = useCallback(<T>(run: () => Promise<T>): Promise<T> => {
    const mine = turn.current.then(run);
    turn.current = mine.catch(() => undefined);
    return mine;
  }, []);
  const acted = useCallback(async () => {
    await turn.current;
  }, []);

  const mark = useCallback((id: number, value: number | null) => {
    setGone((before) => {
      const after = new Map(before);
      if (value === null) after.delete(id);
      else after.set(id, value);
      return after;
    });
  }, []);

  const count = useCallback((kind: TallyKind, by: number) => {
    setTally((before) => ({ ...before, [kind]: Math.max(0, before[kind] + by) }));
  }, []);

  const refresh = useCallback(
    (id?: number) => {
      void client.invalidateQueries({ queryKey: ["list_comments", "head"] });
      void client.invalidateQueries({ queryKey: ["get_campaign"] });
      void client.invalidateQueries({ queryKey: ["get_overview"] });
      void client.invalidateQueries({ queryKey: ["list_outbox"] });
      if (id === undefined) return;
      void client.invalidateQueries({ queryKey: keys.comment(id) });
      void client.invalidateQueries({ queryKey: ["list_comments", "tail"], predicate: (query) => holdsOneOf(query, [id]) });
    },
    [client],
  );

  const fail = useCallback(
    (error: CommandError, name?: string, id?: number) => {
      const failure = failureOf(error);
      const { notices, select } = latest.current;
      const title = name ? t("toast.returned", { name, title: t(failure.title) }) : t(failure.title);
      notices.show({
        tone: failure.severity,
        title,
        text: t(failure.advice),
        said: error.message,
        ...(id === undefined ? {} : { action: { label: t("common.show"), run: () => { select(id); } } }),
      });
      notices.say(`${title}. ${t(failure.advice)}`);
    },
    [t],
  );

  const shiftCounts = useCallback(
    (from: Stage, to: Stage) => {
      const a = STAGE_QUEUE[from];
      const b = STAGE_QUEUE[to];
      if (a === b) return;
      client.setQueryData<Overview>(["get_overview"], (overview) => {
        if (!overview) return overview;
        const counts = { ...overview.counts };
        if (a) counts[a] = Math.max(0, counts[a] - 1);
        if (b) counts[b] += 1;
        return { ...overview, counts };
      });
    },
    [client],
  );

  return useMemo(
    () => ({ backend, client, context: read, trail, gone, tally, inTurn, acted, mark, count, shiftCounts, refresh, fail }),
    [backend, client, read, trail, gone, tally, inTurn, acted, mark, count, shiftCounts, refresh, fail],
  );
}
