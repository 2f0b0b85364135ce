import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionView, CommandError, CommentDetail, CommentRow, Label, Overview, QueueName, Stage } from "@/contract/contract";
import { toCommandError, type Backend } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { failureOf } from "@/backend/failure";
import { keys } from "@/backend/queries";
import { dayAndTime } from "@/shared/time";
import { DraftDesk } from "./draftDesk";
import type { Notices } from "./notices";
import { labelWords, nameOf } from "./words";

export type TallyKind = "approved" | "edited" | "hidden" | "done";

interface Plan {
  row: CommentRow;
  /** What the live region says. */
  words: string;
  to: Stage;
  call: (ref: { comment_id: number; version: number }) => Promise<unknown>;
  /** Shown in the dock; replies are shown by the outbox notice instead. */
  notice?: boolean;
  tally?: TallyKind;
  failed?: (error: CommandError) => void;
}

interface Context {
  queue: QueueName;
  rows: CommentRow[];
  notices: Notices;
  /** Moves the selection off a row that leaves. */
  goOn: (from: CommentRow) => CommentRow | null;
  select: (id: number) => void;
  want: (id: number) => void;
}

const STAGE_QUEUE: Partial<Record<Stage, QueueName>> = {
  to_review: "needs_review",
  in_outbox: "outbox",
  escalated: "escalated",
  snoozed: "snoozed",
  stuck: "stuck",
  done: "done",
};

function leaves(queue: QueueName, to: Stage): boolean {
  return queue !== "all" && queue !== "hidden" && STAGE_QUEUE[to] !== queue;
}

/**
 * A card that moved on only because of our own saved edit, or of a look by a worker, is not a different card: when
 * text and stage are what the person saw, the act is asked for once more with the new version.
 */
async function withFreshVersion(backend: Backend, row: CommentRow, call: Plan["call"]): Promise<unknown> {
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

/** Everything a person can do to a comment: at once on the screen, taken back with a notice when it failed. */
export function useActs(context: Context) {
  const { t, i18n } = useTranslation();
  const backend = useBackend();
  const client = useQueryClient();
  const [gone, setGone] = useState<ReadonlyMap<number, number>>(new Map());
  const [tally, setTally] = useState<Record<TallyKind, number>>({ approved: 0, edited: 0, hidden: 0, done: 0 });
  const latest = useRef(context);
  latest.current = context;

  const mark = useCallback((id: number, value: number | null) => {
    setGone((before) => {
      const after = new Map(before);
      if (value === null) after.delete(id);
      else after.set(id, value);
      return after;
    });
  }, []);

  const refresh = useCallback(
    (id?: number) => {
      void client.invalidateQueries({ queryKey: ["list_comments", "head"] });
      void client.invalidateQueries({ queryKey: ["get_overview"] });
      void client.invalidateQueries({ queryKey: ["list_outbox"] });
      if (id !== undefined) void client.invalidateQueries({ queryKey: keys.comment(id) });
    },
    [client],
  );

  const fail = useCallback(
    (error: CommandError, name?: string, id?: number) => {
      const failure = failureOf(error);
      const { notices, select } = latest.current;
      const title = t(failure.title);
      notices.show({
        tone: failure.severity,
        title: name ? t("toast.returned", { name, title }) : title,
        text: [error.message, t(failure.advice)].filter(Boolean).join(" "),
        ...(id === undefined ? {} : { action: { label: t("common.show"), run: () => { select(id); } } }),
      });
    },
    [t],
  );

  const desk = useMemo(
    () =>
      new DraftDesk(
        (comment_id, text) => backend.call("save_draft", { comment_id, text }),
        (id, draft) => {
          client.setQueryData<CommentDetail>(keys.comment(id), (detail) => detail && { ...detail, draft });
        },
        (id, error) => {
          fail(toCommandError(error), undefined, id);
        },
      ),
    [backend, client, fail],
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

  const act = useCallback(
    async ({ row, words, to, call, notice = false, tally: kind, failed }: Plan) => {
      const { queue, notices, goOn } = latest.current;
      const going = leaves(queue, to);
      let spoken = words;
      if (going) {
        const next = goOn(row);
        mark(row.id, Infinity);
        spoken = next ? t("toast.next", { what: words, name: nameOf(next), label: labelWords(t, next) }) : t("toast.last", { what: words });
      }
      shiftCounts(row.stage, to);
      notices.say(spoken);
      if (kind) setTally((before) => ({ ...before, [kind]: before[kind] + 1 }));
      try {
        await withFreshVersion(backend, row, call);
        if (going) mark(row.id, Date.now());
        if (notice) notices.show({ tone: "plain", title: words, text: nameOf(row), action: { label: t("act.undo"), run: () => void undo() } });
      } catch (thrown) {
        const error = toCommandError(thrown);
        mark(row.id, null);
        if (kind) setTally((before) => ({ ...before, [kind]: Math.max(0, before[kind] - 1) }));
        failed?.(error);
        fail(error, nameOf(row), row.id);
      } finally {
        refresh(row.id);
      }
    },
    // `undo` is declared below and stable.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [backend, fail, mark, refresh, shiftCounts, t],
  );

  const approve = useCallback(
    async (row: CommentRow, text: string, edited: boolean) => {
      const onTheWay = desk.take(row.id);
      await act({
        row,
        words: t("toast.approved"),
        to: "in_outbox",
        tally: edited ? "edited" : "approved",
        call: async (ref) => {
          await onTheWay;
          await backend.call("approve_draft", { ...ref, text });
        },
        // The words typed must outlive a refused approval.
        failed: () => {
          if (edited) {
            desk.write(row.id, text);
            void desk.flush(row.id);
          }
        },
      });
    },
    [act, backend, desk, t],
  );

  const simple = useCallback(
    (words: string, to: Stage, name: "dismiss_comment" | "escalate_comment" | "hide_comment" | "unhide_comment" | "reopen_comment" | "return_to_review" | "retry_stuck" | "regenerate_draft", options: { notice?: boolean; tally?: TallyKind } = {}) =>
      async (row: CommentRow) => {
        const saved = desk.flush(row.id);
        await act({
          row,
          words,
          to,
          call: async (ref) => {
            await saved;
            await backend.call(name, ref);
          },
          ...options,
        });
      },
    [act, backend, desk],
  );

  const undo = useCallback(async () => {
    const { notices, select, want } = latest.current;
    try {
      const result = await backend.call("undo_last", null);
      if (result.comment_id === null) {
        notices.show({ tone: "plain", title: t("toast.nothing_to_undo") });
        notices.say(t("toast.nothing_to_undo"));
        return;
      }
      mark(result.comment_id, null);
      want(result.comment_id);
      select(result.comment_id);
      const what = t(`toast.undone_what.${result.what ?? "other"}`, { defaultValue: t("toast.undone_what.other") });
      notices.show({ tone: "plain", title: t("toast.undone", { what }) });
      notices.say(t("toast.undone", { what }));
      refresh(result.comment_id);
    } catch (thrown) {
      fail(toCommandError(thrown));
      refresh();
    }
  }, [backend, fail, mark, refresh, t]);

  const takeBack = useCallback(
    async (action: ActionView) => {
      const { notices, select, want, queue } = latest.current;
      try {
        await backend.call("cancel_action", { action_id: action.id });
        mark(action.comment_id, null);
        if (queue !== "outbox") {
          want(action.comment_id);
          select(action.comment_id);
        }
        const what = t(`toast.undone_what.${action.kind}`, { defaultValue: t("toast.undone_what.other") });
        notices.say(t("toast.undone", { what }));
      } catch (thrown) {
        fail(toCommandError(thrown));
      } finally {
        refresh(action.comment_id);
      }
    },
    [backend, fail, mark, refresh, t],
  );

  const snooze = useCallback(
    async (row: CommentRow, until: number) => {
      const saved = desk.flush(row.id);
      await act({
        row,
        words: t("toast.snoozed", { when: dayAndTime(until, i18n.language) }),
        to: "snoozed",
        notice: true,
        call: async (ref) => {
          await saved;
          await backend.call("snooze_comment", { ...ref, until });
        },
      });
    },
    [act, backend, desk, i18n.language, t],
  );

  const regenerate = useCallback(
    async (row: CommentRow) => {
      const { notices } = latest.current;
      await desk.take(row.id);
      const before = client.getQueryData<CommentDetail>(keys.comment(row.id));
      client.setQueryData<CommentDetail>(keys.comment(row.id), (detail) => detail && { ...detail, draft: null, declined: null, row: { ...detail.row, stage: "to_draft", draft: "drafting" } });
      notices.say(t("toast.regenerating"));
      try {
        await withFreshVersion(backend, row, (ref) => backend.call("regenerate_draft", ref));
      } catch (thrown) {
        client.setQueryData(keys.comment(row.id), before);
        fail(toCommandError(thrown), nameOf(row), row.id);
      } finally {
        refresh(row.id);
      }
    },
    [backend, client, desk, fail, refresh, t],
  );

  const correctLabel = useCallback(
    async (row: CommentRow, label: Label) => {
      const { notices } = latest.current;
      if (row.labels[0]?.label === label && row.labels[0].by_person) return;
      const before = client.getQueryData<CommentDetail>(keys.comment(row.id));
      const labels = [{ label, confidence: 1, sure: true, by_person: true }, ...row.labels.filter((each) => each.label !== label)];
      client.setQueryData<CommentDetail>(keys.comment(row.id), (detail) => detail && { ...detail, row: { ...detail.row, labels } });
      const words = t("label.corrected", { label: t(`label.${label}`) });
      notices.say(words);
      try {
        await withFreshVersion(backend, row, (ref) => backend.call("correct_label", { ...ref, label }));
        notices.show({ tone: "plain", title: words, text: nameOf(row), action: { label: t("act.undo"), run: () => void undo() } });
      } catch (thrown) {
        client.setQueryData(keys.comment(row.id), before);
        fail(toCommandError(thrown), nameOf(row), row.id);
      } finally {
        refresh(row.id);
      }
    },
    [backend, client, fail, refresh, t, undo],
  );

  const discardEdit = useCallback(
    async (row: CommentRow) => {
      await desk.take(row.id);
      try {
        const draft = (await withFreshVersion(backend, row, (ref) => backend.call("discard_draft_edit", ref))) as CommentDetail["draft"];
        client.setQueryData<CommentDetail>(keys.comment(row.id), (detail) => detail && { ...detail, draft });
      } catch (thrown) {
        fail(toCommandError(thrown), nameOf(row), row.id);
      } finally {
        refresh(row.id);
      }
    },
    [backend, client, desk, fail, refresh],
  );

  const setSending = useCallback(
    async (on: boolean) => {
      const { notices } = latest.current;
      const before = client.getQueryData<Overview>(["get_overview"]);
      client.setQueryData<Overview>(["get_overview"], (overview) => overview && { ...overview, sending: on });
      try {
        const overview = await backend.call("set_sending", { on });
        client.setQueryData(["get_overview"], overview);
        const truth = on || overview.in_flight === 0 ? "" : t("sending.in_flight_truth", { count: overview.in_flight });
        notices.say([t(on ? "sending.resumed" : "sending.stopped_title"), truth].filter(Boolean).join(". "));
      } catch (thrown) {
        client.setQueryData(["get_overview"], before);
        fail(toCommandError(thrown));
      } finally {
        refresh();
      }
    },
    [backend, client, fail, refresh, t],
  );

  const syncNow = useCallback(async () => {
    try {
      await backend.call("sync_now", null);
      latest.current.notices.show({ tone: "plain", title: t("toast.synced") });
    } catch (thrown) {
      fail(toCommandError(thrown));
    }
  }, [backend, fail, t]);

  return useMemo(
    () => ({
      desk,
      gone,
      tally,
      approve,
      undo,
      takeBack,
      snooze,
      regenerate,
      correctLabel,
      discardEdit,
      setSending,
      syncNow,
      fail,
      hide: simple(t("toast.hidden"), "in_outbox", "hide_comment", { tally: "hidden" }),
      unhide: simple(t("toast.unhidden"), "in_outbox", "unhide_comment"),
      dismiss: simple(t("toast.done"), "done", "dismiss_comment", { notice: true, tally: "done" }),
      escalate: simple(t("toast.escalated"), "escalated", "escalate_comment", { notice: true }),
      reopen: simple(t("toast.reopened"), "to_review", "reopen_comment", { notice: true }),
      returnToReview: simple(t("toast.reopened"), "to_review", "return_to_review", { notice: true }),
      retryStuck: simple(t("toast.retrying"), "to_classify", "retry_stuck", { notice: false }),
    }),
    [desk, gone, tally, approve, undo, takeBack, snooze, regenerate, correctLabel, discardEdit, setSending, syncNow, fail, simple, t],
  );
}

export type Acts = ReturnType<typeof useActs>;
