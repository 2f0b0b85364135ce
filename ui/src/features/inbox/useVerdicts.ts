import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import type { CommentDetail, CommentRow } from "@/contract/contract";
import { useBackend } from "@/backend/context";
import { keys } from "@/backend/queries";
import type { DraftDesk } from "./draftDesk";
import { judge, type Verdict } from "./useBulk";

/** Reads the card of each picked comment, as a person would before approving it. */
export function useVerdicts(rows: CommentRow[], desk: DraftDesk): Verdict[] {
  const backend = useBackend();
  const details = useQueries({
    queries: rows.map((row) => ({
      queryKey: keys.comment(row.id),
      queryFn: (): Promise<CommentDetail> => backend.call("get_comment", { comment_id: row.id, version: row.version }),
    })),
    combine: (results) => results.map((result): CommentDetail | "failed" | undefined => result.data ?? (result.isError ? "failed" : undefined)),
  });
  return useMemo(() => {
    const known = new Map<number, CommentDetail | "failed">();
    for (const [at, row] of rows.entries()) {
      const detail = details[at];
      if (detail) known.set(row.id, detail);
    }
    return judge(rows, known, desk);
  }, [rows, details, desk]);
}
