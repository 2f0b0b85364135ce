import { useTranslation } from "react-i18next";
import type { CommentRow } from "@/contract/contract";
import type { DraftDesk } from "./draftDesk";
import type { Notices } from "./notices";
import { bulkItems, type BulkItem, type BulkKind, type BulkProgress, type Verdict } from "./useBulk";
import type { HidingOf } from "./useHiding";
import { usePicked } from "./usePicked";
import { useVerdicts } from "./useVerdicts";

export interface Range {
  /** The card gives way to the preview, and the keys act on the picked ones. */
  on: boolean;
  rows: CommentRow[];
  ids: ReadonlySet<number>;
  verdicts: Verdict[];
  hide: number;
  dismiss: number;
  progress: BulkProgress | null;
  pick: (id: number, range: boolean) => void;
  clear: () => void;
  run: (kind: BulkKind) => void;
}

/** Several rows picked, and what one stroke would do to them. */
export function useRange(rows: CommentRow[], desk: DraftDesk, notices: Notices, bulk: { run: (kind: BulkKind, items: BulkItem[]) => Promise<void>; progress: BulkProgress | null }, hidingOf: HidingOf): Range {
  const { t } = useTranslation();
  const picked = usePicked(rows);
  const verdicts = useVerdicts(picked.rows, desk);
  const doable = (kind: Exclude<BulkKind, "approve">) => bulkItems(picked.rows, kind, hidingOf);
  return {
    on: picked.rows.length > 0 || bulk.progress !== null,
    rows: picked.rows,
    ids: picked.ids,
    verdicts,
    hide: doable("hide").length,
    dismiss: doable("dismiss").length,
    progress: bulk.progress,
    pick: (id, range) => {
      if (!bulk.progress) picked.pick(id, range);
    },
    clear: picked.clear,
    run: (kind) => {
      if (bulk.progress) return;
      const items = kind === "approve" ? verdicts.flatMap((verdict) => verdict.item ?? []) : doable(kind);
      if (items.length === 0) {
        notices.say(t("bulk.nothing"));
        return;
      }
      void bulk.run(kind, items);
      picked.clear();
    },
  };
}
