import { useCallback, useMemo, useState } from "react";
import type { CommentRow } from "@/contract/contract";

/** More at one stroke is more than a person can look over. */
export const MOST_PICKED = 100;

export interface Picked {
  /** Picked and still in the list, in its order. */
  rows: CommentRow[];
  ids: ReadonlySet<number>;
  /** One in or out; with `range`, everything from the last one picked to this. */
  pick: (id: number, range: boolean) => void;
  clear: () => void;
}

const NONE: ReadonlySet<number> = new Set();

export function usePicked(all: CommentRow[]): Picked {
  const [ids, setIds] = useState<ReadonlySet<number>>(NONE);
  const [anchor, setAnchor] = useState<number | null>(null);
  const rows = useMemo(() => (ids.size === 0 ? [] : all.filter((row) => ids.has(row.id))), [all, ids]);
  const present = useMemo(() => new Set(rows.map((row) => row.id)), [rows]);

  const pick = useCallback(
    (id: number, range: boolean) => {
      const to = all.findIndex((row) => row.id === id);
      if (to < 0) return;
      const from = range && anchor !== null ? all.findIndex((row) => row.id === anchor) : to;
      const next = new Set(present);
      if (range && from >= 0) {
        const step = from <= to ? 1 : -1;
        // From the anchor on, so that the limit cuts the far end.
        for (let at = from; at !== to + step && next.size < MOST_PICKED; at += step) {
          const row = all[at];
          if (row) next.add(row.id);
        }
      } else if (next.has(id)) {
        next.delete(id);
      } else if (next.size < MOST_PICKED) {
        next.add(id);
      }
      setIds(next);
      if (!range || from < 0) setAnchor(id);
    },
    [all, anchor, present],
  );
  const clear = useCallback(() => {
    setIds(NONE);
    setAnchor(null);
  }, []);
  return useMemo(() => ({ rows, ids: present, pick, clear }), [rows, present, pick, clear]);
}
