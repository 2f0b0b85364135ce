import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import type { CommandError, CommentPage, CommentRow, ListComments } from "@/contract/contract";
import { useBackend } from "@/backend/context";
import { keys } from "@/backend/queries";

export type ListFilter = Omit<ListComments, "after" | "limit">;

/** The first page is short, so that it is there at once. */
const FIRST_PAGE = 60;
const PAGE = 200;
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
  /** The rows are those of the words before, until the ones of these words are there. */
  settling: boolean;
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

interface Shown {
  filter: ListFilter;
  rows: CommentRow[];
}

/** Another search within the same queue keeps the rows that are there until the answer comes. */
function sameQueue(a: ListFilter, b: ListFilter): boolean {
  return a.queue === b.queue && a.account_id === b.account_id;
}

/** What a newer read of a stretch says of its rows: those missing before the last known one have left. */
function missing(ids: number[], read: CommentPage): number[] {
  const present = new Set(read.rows.map((row) => row.id));
  const reach = read.next === null ? ids.length : ids.findLastIndex((id) => present.has(id));
  return ids.slice(0, reach).filter((id) => !present.has(id));
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
    queryFn: ({ pageParam }) => backend.call("list_comments", { ...filter, after: pageParam, limit: pageParam === null ? FIRST_PAGE : PAGE }),
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
    ...(pages.data ? { initialData: { rows: pages.data.pages[0]?.rows ?? [], next: pages.data.pages[0]?.next ?? null, limit: FIRST_PAGE }, initialDataUpdatedAt: pages.dataUpdatedAt } : {}),
  });

  // What lies beyond the head is read again page by page, and only where a row of it changed.
  const known = pages.data as { pages: CommentPage[]; pageParams: (string | null)[] } | undefined;
  const beyond = useMemo(() => {
    let before = 0;
    return (known?.pages ?? []).flatMap((page, at) => {
      before += page.rows.length;
      return before > HEAD_MAX ? [{ page, after: known?.pageParams[at] ?? null }] : [];
    });
  }, [known]);
  const tails = useQueries({
    queries: beyond.map(({ page, after }) => ({
      queryKey: keys.tail(filter, after),
      queryFn: () => backend.call("list_comments", { ...filter, after, limit: PAGE }),
      gcTime: 0,
      initialData: page,
      initialDataUpdatedAt: pages.dataUpdatedAt,
    })),
    combine: (results) => results.map((result) => ({ page: result.data, at: result.dataUpdatedAt })),
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
    for (const { page } of tails) for (const row of page.rows) map.set(row.id, row);
    for (const row of head.data?.rows ?? []) map.set(row.id, row);
    return map;
  }, [pages.data, tails, head.data]);

  const left = useMemo(() => {
    const out = new Set<number>();
    for (const [at, { page }] of beyond.entries()) {
      const read = tails[at]?.page;
      if (read && read !== page) for (const id of missing(page.rows.map((row) => row.id), read)) out.add(id);
    }
    // The head is the start of the queue in the same order.
    if (head.data) for (const id of missing(ids, head.data)) out.add(id);
    for (const { page } of tails) for (const row of page.rows) out.delete(row.id);
    for (const id of headIds) out.delete(id);
    return out;
  }, [beyond, tails, head.data, headIds, ids]);

  const isGone = useCallback(
    (id: number) => {
      const since = gone.get(id);
      if (since === undefined) return false;
      const far = beyond.findIndex(({ page }) => page.rows.some((row) => row.id === id));
      const readAt = Math.min(head.dataUpdatedAt, tails[far]?.at ?? Infinity);
      return since === Infinity || readAt <= since;
    },
    [gone, beyond, tails, head.dataUpdatedAt],
  );

  const own = useMemo(
    () => ids.flatMap((id) => (isGone(id) || (left.has(id) && id !== keep) ? [] : (rowsById.get(id) ?? []))),
    [ids, isGone, left, keep, rowsById],
  );

  const shown = useRef<Shown | null>(null);
  const settling = pages.isPending && shown.current !== null && sameQueue(shown.current.filter, filter);
  const rows = useMemo(() => (settling ? (shown.current?.rows ?? []).filter((row) => !isGone(row.id)) : own), [settling, own, isGone]);
  useEffect(() => {
    if (pages.data) shown.current = { filter, rows: own };
  }, [pages.data, filter, own]);

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
  const added = useMemo(() => {
    const last = tails.at(-1)?.page;
    const present = new Set(ids);
    return last?.next === null ? last.rows.map((row) => row.id).filter((id) => !present.has(id)) : [];
  }, [tails, ids]);
  useEffect(() => {
    if (added.length > 0 && !pages.hasNextPage) step({ do: "append", key, ids: added });
  }, [added, pages.hasNextPage, key]);

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
      loading: isPending && !settling,
      settling,
      error: isLoadingError ? error : null,
      retry: () => void refetch(),
      more: () => {
        if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
      },
      hasMore: hasNextPage && !settling,
      loadingMore: isFetchingNextPage,
      moreFailed: isFetchNextPageError,
      retryMore: () => void fetchNextPage(),
      hasLeft: (id: number) => left.has(id),
    }),
    [rows, arrivals.length, showFresh, want, isPending, settling, isLoadingError, error, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, refetch, left],
  );
}
