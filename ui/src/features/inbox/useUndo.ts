import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { ActionState, ActionView, UndoResult } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import type { ActBasics } from "./actBasics";
import type { Done } from "./undoTrail";

const ENDED: ActionState[] = ["confirmed", "failed", "cancelled"];

/** Taking back: the newest act, or the one act a notice is about. */
export function useUndo(basics: ActBasics) {
  const { t } = useTranslation();
  const { backend, context, trail, inTurn, mark, refresh, fail } = basics;

  const comeBack = useCallback(
    (comment: number) => {
      mark(comment, null);
      context().want(comment);
    },
    [context, mark],
  );

  const tell = useCallback(
    (words: string, text?: string) => {
      const { notices } = context();
      notices.show({ tone: "plain", title: words, ...(text ? { text } : {}) });
      notices.say([words, text].filter(Boolean).join(". "));
    },
    [context],
  );

  /** An action that has ended is told of once; one that is still on its way stays the newest. */
  const forgetEnded = useCallback(
    async (done: Done | null) => {
      const [item] = done?.items ?? [];
      if (!item || item.action === null) return;
      const detail = await backend.call("get_comment", { comment_id: item.comment, version: 0 }).catch(() => null);
      const action = detail?.actions.find((each) => each.id === item.action);
      if (!action || ENDED.includes(action.state)) trail.cancelled(item.action);
    },
    [backend, trail],
  );

  const undoOne = useCallback(
    async (done: Done | null) => {
      let result: UndoResult;
      try {
        result = await backend.call("undo_last", null);
      } catch (thrown) {
        const error = toCommandError(thrown);
        if (error.code === "too_late") await forgetEnded(done);
        fail(error);
        refresh();
        return;
      }
      if (result.comment_id === null) {
        trail.tookBack(0);
        tell(t("toast.nothing_to_undo"));
        return;
      }
      trail.tookBack(result.comment_id);
      trail.overtaken(result.comment_id);
      comeBack(result.comment_id);
      context().select(result.comment_id);
      const what = t(`toast.undone_what.${result.what ?? "other"}`, { defaultValue: t("toast.undone_what.other") });
      tell(t("toast.undone", { what }));
      refresh(result.comment_id);
    },
    [backend, comeBack, context, fail, forgetEnded, refresh, t, tell, trail],
  );

  /** What was done at one stroke is taken back at one: each action by its id, each act only while it is the newest. */
  const undoSeveral = useCallback(
    async (done: Done) => {
      const back: number[] = [];
      let late = 0;
      for (const item of done.items.toReversed()) {
        try {
          if (item.action !== null) {
            await backend.call("cancel_action", { action_id: item.action });
          } else {
            const { row } = await backend.call("get_comment", { comment_id: item.comment, version: 0 });
            // Changed since: the engine would pass over it and take back something older.
            if (row.stage !== (item.stage ?? "done")) continue;
            const result = await backend.call("undo_last", null);
            if (result.comment_id !== item.comment) break;
          }
          back.push(item.comment);
        } catch (thrown) {
          const error = toCommandError(thrown);
          if (error.code !== "too_late") {
            fail(error);
            break;
          }
          late += 1;
        }
      }
      trail.remove(done);
      for (const comment of back) {
        trail.overtaken(comment);
        comeBack(comment);
      }
      const first = back.at(-1);
      if (first !== undefined) context().select(first);
      tell(t("toast.undone_several", { count: back.length }), late > 0 ? t("toast.undone_late", { count: late }) : undefined);
      refresh();
      for (const comment of back) refresh(comment);
    },
    [backend, comeBack, context, fail, refresh, t, tell, trail],
  );

  /** With `only`, nothing but that is taken back. */
  const undo = useCallback(
    (only?: Done) =>
      inTurn(async () => {
        const newest = trail.newest();
        context().notices.dropUndo();
        if (only && !trail.isNewest(only)) tell(t("toast.nothing_to_undo"));
        else if (newest && newest.items.length > 1) await undoSeveral(newest);
        else await undoOne(newest);
      }),
    [context, inTurn, t, tell, trail, undoOne, undoSeveral],
  );

  const takeBack = useCallback(
    (action: ActionView) =>
      inTurn(async () => {
        const { notices, select, want, queue } = context();
        try {
          await backend.call("cancel_action", { action_id: action.id });
          trail.cancelled(action.id);
          trail.overtaken(action.comment_id);
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
      }),
    [backend, context, fail, inTurn, mark, refresh, t, trail],
  );

  return { undo, takeBack };
}
