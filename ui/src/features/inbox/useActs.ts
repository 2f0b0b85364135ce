import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ActionView, CommandError, CommentDetail, CommentRow, Label, Overview, Stage } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { keys } from "@/backend/queries";
import { dayAndTime } from "@/shared/time";
import { leaves, useActBasics, withFreshVersion, type ActContext, type Ref, type TallyKind } from "./actBasics";
import { DraftDesk } from "./draftDesk";
import { useBulk } from "./useBulk";
import { useUndo } from "./useUndo";
import type { Done } from "./undoTrail";
import { labelWords, nameOf } from "./words";

interface Plan {
  row: CommentRow;
  /** What the live region says. */
  words: string;
  to: Stage;
  call: (ref: Ref) => Promise<ActionView | null>;
  /** The engine can take it back. */
  undoable: boolean;
  /** Shown in the dock; replies are shown by the outbox notice instead. */
  notice?: boolean;
  tally?: TallyKind;
  failed?: (error: CommandError) => void;
}

/** Everything a person can do to a comment: at once on the screen, taken back with a notice when it failed. */
export function useActs(live: ActContext) {
  const { t, i18n } = useTranslation();
  const basics = useActBasics(live);
  const { backend, client, context, trail, gone, tally, inTurn, acted, mark, count, shiftCounts, refresh, fail } = basics;
  const { undo, takeBack } = useUndo(basics);

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
  const bulk = useBulk(basics, desk, undo);

  /** Notes what was done before the next act has its turn. */
  const note = useCallback(
    (comment: number, undoable: boolean, action: number | null): Done | null => {
      trail.overtaken(comment);
      return undoable ? trail.add([{ comment, action }]) : null;
    },
    [trail],
  );

  const offer = useCallback(
    (words: string, row: CommentRow, done: Done | null) => {
      context().notices.show({
        tone: "plain",
        title: words,
        text: nameOf(row),
        ...(done
          ? { undo: { done, run: () => void undo(done) } }
          : { action: { label: t("common.show"), run: () => { context().select(row.id); } } }),
      });
    },
    [context, t, undo],
  );

  /** The screen goes ahead: on to the next comment where this one leaves the queue. Returns whether it does. */
  const goAhead = useCallback(
    (row: CommentRow, words: string, to: Stage): boolean => {
      const { queue, notices, goOn, markRead } = context();
      const going = leaves(queue, to);
      markRead(row);
      notices.dropUndo();
      let spoken = words;
      if (going) {
        const next = goOn([row]);
        mark(row.id, Infinity);
        spoken = next ? t("toast.next", { what: words, name: nameOf(next), label: labelWords(t, next) }) : t("toast.last", { what: words });
      }
      shiftCounts(row.stage, to);
      notices.say(spoken);
      return going;
    },
    [context, mark, shiftCounts, t],
  );

  const act = useCallback(
    async ({ row, words, to, call, undoable, notice = false, tally: kind, failed }: Plan) => {
      const going = goAhead(row, words, to);
      if (kind) count(kind, 1);
      try {
        const done = await inTurn(async () => {
          const action = await withFreshVersion(backend, row, call);
          return note(row.id, undoable, action?.id ?? null);
        });
        if (going) mark(row.id, Date.now());
        if (notice) offer(words, row, done);
      } catch (thrown) {
        const error = toCommandError(thrown);
        mark(row.id, null);
        if (kind) count(kind, -1);
        failed?.(error);
        fail(error, nameOf(row), row.id);
      } finally {
        refresh(row.id);
      }
    },
    [backend, count, fail, goAhead, inTurn, mark, note, offer, refresh],
  );

  /** What may be refused for its words: the screen waits for the engine, and what was refused is thrown. */
  const write = useCallback(
    async (name: "reply_privately" | "replace_reply", row: CommentRow, text: string) => {
      try {
        await inTurn(async () => {
          const action = await withFreshVersion(backend, row, (ref) => backend.call(name, { ...ref, text }));
          note(row.id, true, action.id);
        });
        if (goAhead(row, t(name === "reply_privately" ? "toast.private" : "toast.changing"), "in_outbox")) mark(row.id, Date.now());
      } finally {
        refresh(row.id);
      }
    },
    [backend, goAhead, inTurn, mark, note, refresh, t],
  );

  const retract = useCallback(
    (row: CommentRow, action_id: number) => act({ row, words: t("toast.retracting"), to: "in_outbox", undoable: true, call: () => backend.call("take_back", { action_id }) }),
    [act, backend, t],
  );

  const approve = useCallback(
    async (row: CommentRow, text: string, edited: boolean) => {
      const onTheWay = desk.take(row.id);
      await act({
        row,
        words: t("toast.approved"),
        to: "in_outbox",
        undoable: true,
        tally: edited ? "edited" : "approved",
        call: async (ref) => {
          await onTheWay;
          return backend.call("approve_draft", { ...ref, text });
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
    (words: string, to: Stage, name: "dismiss_comment" | "escalate_comment" | "hide_comment" | "unhide_comment" | "reopen_comment" | "return_to_review" | "retry_stuck" | "delete_comment" | "ban_author", options: Pick<Plan, "undoable" | "notice" | "tally">) =>
      async (row: CommentRow) => {
        const saved = desk.flush(row.id);
        await act({
          row,
          words,
          to,
          call: async (ref) => {
            await saved;
            return backend.call(name, ref);
          },
          ...options,
        });
      },
    [act, backend, desk],
  );

  const snooze = useCallback(
    async (row: CommentRow, until: number) => {
      const saved = desk.flush(row.id);
      await act({
        row,
        words: t("toast.snoozed", { when: dayAndTime(until, i18n.language) }),
        to: "snoozed",
        undoable: true,
        notice: true,
        call: async (ref) => {
          await saved;
          return backend.call("snooze_comment", { ...ref, until });
        },
      });
    },
    [act, backend, desk, i18n.language, t],
  );

  const regenerate = useCallback(
    async (row: CommentRow) => {
      const { notices } = context();
      await desk.take(row.id);
      const before = client.getQueryData<CommentDetail>(keys.comment(row.id));
      client.setQueryData<CommentDetail>(keys.comment(row.id), (detail) => detail && { ...detail, draft: null, declined: null, row: { ...detail.row, stage: "to_draft", draft: "drafting" } });
      notices.say(t("toast.regenerating"));
      try {
        await inTurn(async () => {
          await withFreshVersion(backend, row, (ref) => backend.call("regenerate_draft", ref));
          note(row.id, false, null);
        });
      } catch (thrown) {
        client.setQueryData(keys.comment(row.id), before);
        fail(toCommandError(thrown), nameOf(row), row.id);
      } finally {
        refresh(row.id);
      }
    },
    [backend, client, context, desk, fail, inTurn, note, refresh, t],
  );

  const correctLabel = useCallback(
    async (row: CommentRow, label: Label) => {
      const { notices } = context();
      if (row.labels[0]?.label === label && row.labels[0].by_person) return;
      const before = client.getQueryData<CommentDetail>(keys.comment(row.id));
      const labels = [{ label, confidence: 1, sure: true, by_person: true }, ...row.labels.filter((each) => each.label !== label)];
      client.setQueryData<CommentDetail>(keys.comment(row.id), (detail) => detail && { ...detail, row: { ...detail.row, labels } });
      const words = t("label.corrected", { label: t(`label.${label}`) });
      notices.dropUndo();
      notices.say(words);
      try {
        const done = await inTurn(async () => {
          await withFreshVersion(backend, row, (ref) => backend.call("correct_label", { ...ref, label }));
          return note(row.id, true, null);
        });
        offer(words, row, done);
      } catch (thrown) {
        client.setQueryData(keys.comment(row.id), before);
        fail(toCommandError(thrown), nameOf(row), row.id);
      } finally {
        refresh(row.id);
      }
    },
    [backend, client, context, fail, inTurn, note, offer, refresh, t],
  );

  const discardEdit = useCallback(
    async (row: CommentRow) => {
      await desk.take(row.id);
      try {
        const draft = await withFreshVersion(backend, row, (ref) => backend.call("discard_draft_edit", ref));
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
      const { notices } = context();
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
    [backend, client, context, fail, refresh, t],
  );

  const syncNow = useCallback(async () => {
    try {
      await backend.call("sync_now", null);
      context().notices.show({ tone: "plain", title: t("toast.synced") });
    } catch (thrown) {
      fail(toCommandError(thrown));
    }
  }, [backend, context, fail, t]);

  return useMemo(
    () => ({
      desk,
      gone,
      tally,
      trail,
      bulk,
      acted,
      approve,
      write,
      retract,
      undo,
      takeBack,
      snooze,
      regenerate,
      correctLabel,
      discardEdit,
      setSending,
      syncNow,
      fail,
      hide: simple(t("toast.hidden"), "in_outbox", "hide_comment", { undoable: true, tally: "hidden" }),
      unhide: simple(t("toast.unhidden"), "in_outbox", "unhide_comment", { undoable: true }),
      remove: simple(t("toast.removing"), "in_outbox", "delete_comment", { undoable: true }),
      ban: simple(t("toast.banning"), "in_outbox", "ban_author", { undoable: true }),
      dismiss: simple(t("toast.done"), "done", "dismiss_comment", { undoable: true, notice: true, tally: "done" }),
      escalate: simple(t("toast.escalated"), "escalated", "escalate_comment", { undoable: true, notice: true }),
      reopen: simple(t("toast.reopened"), "to_review", "reopen_comment", { undoable: false, notice: true }),
      returnToReview: simple(t("toast.reopened"), "to_review", "return_to_review", { undoable: false, notice: true }),
      retryStuck: simple(t("toast.retrying"), "to_classify", "retry_stuck", { undoable: false }),
    }),
    [desk, gone, tally, trail, bulk, acted, approve, write, retract, undo, takeBack, snooze, regenerate, correctLabel, discardEdit, setSending, syncNow, fail, simple, t],
  );
}

export type Acts = ReturnType<typeof useActs>;
