import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionView, CommandError, CommentDetail, CommentRow, Stage } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { leaves, withFreshVersion, type ActBasics, type Ref, type TallyKind } from "./actBasics";
import { OPEN, rowAllows } from "./allowed";
import type { DraftDesk } from "./draftDesk";
import type { Done, DoneItem } from "./undoTrail";
import type { HidingOf } from "./useHiding";
import { nameOf } from "./words";

export type BulkKind = "approve" | "hide" | "dismiss" | "spam";

export interface BulkItem {
  row: CommentRow;
  /** Of a reply. */
  text: string;
  edited: boolean;
}

export interface BulkProgress {
  kind: BulkKind;
  /** Finished, well or not. */
  at: number;
  total: number;
}

/** Why a picked comment is left as it is. The window has the words. */
export type Staying = "reading" | "unreadable" | "not_open" | "no_draft" | "guard" | "by_person" | "same_text";

export type Verdict = { row: CommentRow; item: BulkItem; why: null } | { row: CommentRow; item: null; why: Staying };

const TALLY: Partial<Record<BulkKind, TallyKind>> = { hide: "hidden", dismiss: "done" };
const SHOWN_AT_LEAST_MS = 6_000;

function stageAfter(kind: BulkKind, row: CommentRow): Stage {
  if (kind === "spam") return row.stage;
  return kind === "dismiss" ? "done" : "in_outbox";
}

/** Those of the rows that take the act. */
export function bulkItems(rows: CommentRow[], kind: Exclude<BulkKind, "approve">, hidingOf: HidingOf): BulkItem[] {
  return rows.filter((row) => rowAllows(row, kind, hidingOf(row.account_id))).map((row) => ({ row, text: "", edited: false }));
}

/** What approving the picked comments would send, and what it would leave: the same rule for the preview and the act. */
export function judge(rows: CommentRow[], details: ReadonlyMap<number, CommentDetail | "failed">, desk: DraftDesk): Verdict[] {
  const texts = new Set<string>();
  return rows.map((row): Verdict => {
    const stays = (why: Staying): Verdict => ({ row, item: null, why });
    const detail = details.get(row.id);
    if (detail === undefined) return stays("reading");
    if (detail === "failed") return stays("unreadable");
    const { draft } = detail;
    if (!OPEN.includes(detail.row.stage)) return stays("not_open");
    if (detail.row.badges.some((badge) => badge === "never_automatic" || badge === "second_complaint")) return stays("by_person");
    if (!draft || draft.text.trim() === "") return stays("no_draft");
    // What is typed and not saved yet has not been checked.
    if ((desk.text(row.id) ?? draft.text) !== draft.text) return stays("reading");
    if (draft.guard.findings.length > 0) return stays("guard");
    const same = draft.text.trim();
    if (texts.has(same)) return stays("same_text");
    texts.add(same);
    return { row: detail.row, item: { row: detail.row, text: draft.text, edited: draft.original_text !== null || draft.origin === "person" }, why: null };
  });
}

/** One command for each comment, one after the other: what could not be done comes back and is counted. */
export function useBulk(basics: ActBasics, desk: DraftDesk, undo: (only: Done) => Promise<void>) {
  const { t } = useTranslation();
  const { backend, context, trail, inTurn, mark, count, shiftCounts, refresh } = basics;
  const [progress, setProgress] = useState<BulkProgress | null>(null);

  const call = useCallback(
    (kind: BulkKind, ref: Ref, text: string): Promise<ActionView | null> => {
      switch (kind) {
        case "approve":
          return backend.call("approve_draft", { ...ref, text });
        case "hide":
          return backend.call("hide_comment", ref);
        case "dismiss":
          return backend.call("dismiss_comment", ref);
        case "spam":
          return backend.call("correct_label", { ...ref, label: "spam" });
      }
    },
    [backend],
  );

  const run = useCallback(
    async (kind: BulkKind, items: BulkItem[]) => {
      const { queue, notices, goOn } = context();
      const total = items.length;
      if (total === 0) return;
      const going = kind !== "spam" && leaves(queue, kind === "dismiss" ? "done" : "in_outbox");
      notices.dropUndo();
      setProgress({ kind, at: 0, total });
      if (going) {
        goOn(items.map((item) => item.row));
        for (const { row } of items) mark(row.id, Infinity);
      }
      const made: DoneItem[] = [];
      const failed: { row: CommentRow; error: CommandError }[] = [];
      let heldMs = 0;
      const done = await inTurn(async () => {
        for (const [at, { row, text, edited }] of items.entries()) {
          try {
            await desk.flush(row.id);
            const action = await withFreshVersion(backend, row, (ref) => call(kind, ref, text));
            made.push({ comment: row.id, action: action?.id ?? null, stage: stageAfter(kind, row) });
            if (action) heldMs = Math.max(heldMs, action.due_at - action.created_at);
            trail.overtaken(row.id);
            shiftCounts(row.stage, stageAfter(kind, row));
            const tally = kind === "approve" ? (edited ? "edited" : "approved") : TALLY[kind];
            if (tally) count(tally, 1);
            if (going) mark(row.id, Date.now());
          } catch (thrown) {
            mark(row.id, null);
            // One that another row stood for comes back without the pill.
            context().want(row.id);
            failed.push({ row, error: toCommandError(thrown) });
          }
          setProgress({ kind, at: at + 1, total });
        }
        return trail.add(made);
      });
      setProgress(null);
      const said = [t(`bulk.did_${kind}`, { count: made.length })];
      const [first] = failed;
      if (first) {
        const title = t("bulk.failed", { count: failed.length });
        said.push(title);
        notices.show({
          tone: "warn",
          title,
          text: failed.map(({ row }) => nameOf(row)).join(", "),
          said: first.error.message,
          action: {
            label: t("common.show"),
            run: () => {
              context().select(first.row.id);
            },
          },
        });
      }
      if (made.length > 0) {
        notices.show({ tone: "plain", title: said[0] ?? "", undo: { done, run: () => void undo(done) } }, Math.max(SHOWN_AT_LEAST_MS, heldMs));
      }
      notices.say(said.join(". "));
      refresh();
      for (const { row } of items) refresh(row.id);
    },
    [backend, call, context, count, desk, inTurn, mark, refresh, shiftCounts, t, trail, undo],
  );

  return useMemo(() => ({ run, progress }), [run, progress]);
}
