import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useReducer } from "react";
import type { CommandError, CommentPage, CommentRow, ListComments } from "@/contract/contract";
import { useBackend } from "@/backend/context";
import { keys } from "@/backend/queries";

export type ListFilter = Omit<ListComments, "after" | "limit">;

const PAGE = 60;
const HEAD_MIN = 60;
const HEAD_MAX = 200;

/** A row that the person acted on: not shown while the call is under way, nor until a newer head tells. */
export type Gone = ReadonlyMap<number, number>;

interface Order {
  key: string;
  ids: number[];
  /** Put in their place at the next look, because the person asked for them back. */
  wanted: number[];
}

type Step =
  | { do: "pages"; key: string; ids: number[] }
  | { do: "adopt"; key: string; ids: number[] }
  | { do: "append"; key: string; ids: number[] }
  | { do: "want"; id: number }
  | { do: "settle"; key: string; head: number[] };

function reduce(order: Order, step: Step): Order {
  if (step.do === "want") return order.ids.includes(step.id) ? order : { ...order, wanted: [...order.wanted, step.id] };
  if (step.key !== order.key) {
    return step.do === "pages" ? { key: step.key, ids: step.ids, wanted: [] } : order;
  }
  const known = new Set(order.ids);
  switch (step.do) {
    case "pages":
    case "append": {
      const more = step.ids.filter((id) => !known.has(id));
      return more.length === 0 ? order : { ...order, ids: [...order.ids, ...more] };
    }
    case "adopt": {
      const head = new Set(step.ids);
      return { ...order, ids: [...step.ids, ...order.ids.filter((id) => !head.has(id))] };
    }
    case "settle": {
      const ids = [...order.ids];
      for (const id of order.wanted) {
        const at = step.head.indexOf(id);
        if (at < 0 || known.has(id)) continue;
        const before = step.head.slice(0, at).findLast((each) => known.has(each));
        ids.splice(before === undefined ? 0 : ids.indexOf(before) + 1, 0, id);
      }
      return { ...order, ids, wanted: [] };
    }
  }
}

export interface CommentList {
  rows: CommentRow[];
  /** Waiting behind the pill. */
  fresh: number;
  showFresh: () => void;
  /** Puts a comment that came back by undo where it belongs, without the pill. */
  want: (id: number) => void;
  loading: boolean;
  error: CommandError | null;
  retry: () => void;
  more: () => void;
  hasMore: boolean;
  loadingMore: boolean;
  moreFailed: boolean;
  retryMore: () => void;
  /** The row has left the queue although it is still shown. */
  hasLeft: (id: number) => boolean;
}

/**
 * The rows of a queue, in an order that holds still. Pages give the order; the head of the queue is read again
 * after each change and only updates rows, takes out those that left, and counts the new ones for the pill.
 */
export function useCommentList(
  filter: ListFilter,
  { gone, keep, calm }: { gone: Gone; keep: number | null; calm: boolean },
): CommentList {
  const backend = useBackend();
  const key = JSON.stringify(filter);
  const [order, step] = useReducer(reduce, { key: "", ids: [], wanted: [] });

  const pages = useInfiniteQuery<CommentPage, CommandError, { pages: CommentPage[] }, unknown[], string | null>({
    queryKey: keys.pages(filter),
    queryFn: ({ pageParam }) => backend.call("list_comments", { ...filter, after: pageParam, limit: PAGE }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    // A queue is read afresh when it is opened again: an old order would be a wrong one.
    gcTime: 0,
  });
  const current = order.key === key;
  const limit = Math.min(HEAD_MAX, Math.max(HEAD_MIN, current ? order.ids.length : 0));
  const head = useQuery<CommentPage & { limit: number }, CommandError>({
    queryKey: keys.head(filter),
    queryFn: async () => ({ ...(await backend.call("list_comments", { ...filter, after: null, limit })), limit }),
    enabled: pages.isSuccess,
    gcTime: 0,
    // The pages have just been read; the head is read again when an event says so.
    ...(pages.data ? { initialData: { rows: pages.data.pages[0]?.rows ?? [], next: pages.data.pages[0]?.next ?? null, limit: PAGE }, initialDataUpdatedAt: pages.dataUpdatedAt } : {}),
  });

  const pageIds = useMemo(() => pages.data?.pages.flatMap((page) => page.rows.map((row) => row.id)) ?? [], [pages.data]);
  const headIds = useMemo(() => head.data?.rows.map((row) => row.id) ?? [], [head.data]);
  const ids = current ? order.ids : pageIds;

  useEffect(() => {
    if (pages.data) step({ do: "pages", key, ids: pageIds });
  }, [key, pageIds, pages.data]);

  const rowsById = useMemo(() => {
    const map = new Map<number, CommentRow>();
    for (const page of pages.data?.pages ?? []) for (const row of page.rows) map.set(row.id, row);
    if (head.dataUpdatedAt >= pages.dataUpdatedAt) for (const row of head.data?.rows ?? []) map.set(row.id, row);
    return map;
  }, [pages.data, pages.dataUpdatedAt, head.data, head.dataUpdatedAt]);

  const left = useMemo(() => {
    const present = new Set(headIds);
    const out = new Set<number>();
    if (!head.data || head.dataUpdatedAt < pages.dataUpdatedAt) return out;
    // The head is the start of the queue in the same order: what is missing before its last known row has left.
    const reach = head.data.next === null ? ids.length : ids.findLastIndex((id) => present.has(id));
    for (const id of ids.slice(0, reach)) if (!present.has(id)) out.add(id);
    return out;
  }, [head.data, head.dataUpdatedAt, pages.dataUpdatedAt, headIds, ids]);

  const isGone = useCallback(
    (id: number) => {
      const since = gone.get(id);
      return since !== undefined && (since === Infinity || head.dataUpdatedAt <= since);
    },
    [gone, head.dataUpdatedAt],
  );

  const rows = useMemo(
    () => ids.flatMap((id) => (isGone(id) || (left.has(id) && id !== keep) ? [] : (rowsById.get(id) ?? []))),
    [ids, isGone, left, keep, rowsById],
  );

  const { arrivals, tail } = useMemo(() => {
    const known = new Set(ids);
    const lastKnown = headIds.findLastIndex((id) => known.has(id));
    const unknown = headIds.map((id, at) => ({ id, at })).filter(({ id }) => !known.has(id) && !isGone(id));
    return {
      arrivals: unknown.filter(({ at }) => at < lastKnown || lastKnown < 0).map(({ id }) => id),
      tail: unknown.filter(({ at }) => lastKnown >= 0 && at > lastKnown).map(({ id }) => id),
    };
  }, [ids, headIds, isGone]);

  const wanted = current && order.wanted.some((id) => headIds.includes(id));
  useEffect(() => {
    if (wanted) step({ do: "settle", key, head: headIds });
  }, [wanted, key, headIds]);
  useEffect(() => {
    if (arrivals.length > 0 && (!calm || rows.length === 0)) step({ do: "adopt", key, ids: headIds });
  }, [arrivals, calm, rows.length, key, headIds]);
  useEffect(() => {
    if (tail.length > 0 && !pages.hasNextPage) step({ do: "append", key, ids: tail });
  }, [tail, pages.hasNextPage, key]);

  const showFresh = useCallback(() => {
    step({ do: "adopt", key, ids: headIds });
  }, [key, headIds]);
  const want = useCallback((id: number) => {
    step({ do: "want", id });
  }, []);

  const { isPending, isLoadingError, error, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, refetch } = pages;
  return useMemo(
    () => ({
      rows,
      fresh: arrivals.length,
      showFresh,
      want,
      loading: isPending,
      error: isLoadingError ? error : null,
      retry: () => void refetch(),
      more: () => {
        if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
      },
      hasMore: hasNextPage,
      loadingMore: isFetchingNextPage,
      moreFailed: isFetchNextPageError,
      retryMore: () => void fetchNextPage(),
      hasLeft: (id: number) => left.has(id),
    }),
    [rows, arrivals.length, showFresh, want, isPending, isLoadingError, error, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, refetch, left],
  );
}
