import { useQuery, type Query, type UseQueryOptions } from "@tanstack/react-query";
import type { CommandError, CommandName, CommentPage, Commands, Progress } from "@/contract/contract";
import { useBackend } from "./context";

/** Server state is keyed by command; `app/events.ts` is the only place that invalidates it on events. */
export const keys = {
  command: <N extends CommandName>(name: N, request?: Commands[N]["request"]) => (request == null ? [name] : [name, request]),
  comment: (id: number) => ["get_comment", id],
  campaign: (id: number) => ["get_campaign", id],
  pages: (filter: object) => ["list_comments", "pages", filter],
  head: (filter: object) => ["list_comments", "head", filter],
  /** One page beyond the head, read again when a row of it changes. */
  tail: (filter: object, after: string | null) => ["list_comments", "tail", filter, after],
};

/** A page of a list that shows one of these comments. */
export function holdsOneOf(query: Query, comments: Iterable<number>): boolean {
  const named = new Set(comments);
  const page = query.state.data as CommentPage | undefined;
  return page?.rows.some((row) => named.has(row.id)) ?? false;
}

type Options<N extends CommandName> = Omit<UseQueryOptions<Commands[N]["answer"], CommandError>, "queryKey" | "queryFn">;

export function useCommand<N extends CommandName>(name: N, request: Commands[N]["request"], options: Options<N> = {}) {
  const backend = useBackend();
  return useQuery<Commands[N]["answer"], CommandError>({
    queryKey: keys.command(name, request),
    queryFn: () => backend.call(name, request),
    ...options,
  });
}

/** How far long work has come, as the last event told; `null` before the first. */
export function useProgress(): Progress | null {
  return useQuery<Progress | null>({ queryKey: ["progress"], queryFn: () => null, enabled: false, initialData: null }).data;
}
