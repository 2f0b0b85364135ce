import type { Query, QueryClient } from "@tanstack/react-query";
import type { AppEvent, AppState, ChangeBatch, CommentPage, Progress } from "@/contract/contract";
import type { Backend } from "@/backend/backend";
import type { BeforeClose } from "@/backend/beforeClose";
import { holdsOneOf, keys } from "@/backend/queries";

const GATHER_MS = 120;
/** What is read of the app itself, whatever workspace is open. */
const OF_THE_APP = new Set<unknown>(["open_app", "progress"]);

/** A page far down is read again only when the batch names one of its rows, or may add one after its last. */
function concerns(batch: ChangeBatch, query: Query): boolean {
  const page = query.state.data as CommentPage | undefined;
  return batch.all_comments || page?.next === null || holdsOneOf(query, batch.comments);
}

/** Which workspace is open; `null` while none is. */
function workspaceOf(state: AppState | undefined): string | null {
  return state?.phase.phase === "ready" ? `${state.phase.kind} ${state.phase.workspace}` : null;
}

/** The only place that acts on events of the engine. Returns the function that stops listening. */
export function followEvents(backend: Backend, client: QueryClient, beforeClose: BeforeClose): () => void {
  let gathered: ChangeBatch | null = null;
  let open: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const apply = () => {
    const batch = gathered;
    gathered = null;
    timer = undefined;
    if (!batch) return;
    const invalidate = (queryKey: unknown[]) => void client.invalidateQueries({ queryKey });
    invalidate(["get_overview"]);
    if (batch.accounts) {
      invalidate(["list_accounts"]);
      invalidate(["get_options"]);
    }
    if (batch.comments.length > 0 || batch.all_comments || batch.arrived > 0 || batch.outbox) {
      invalidate(["list_comments", "head"]);
      invalidate(["get_campaign"]);
      void client.invalidateQueries({ queryKey: ["list_comments", "tail"], predicate: (query) => concerns(batch, query) });
    }
    if (batch.all_comments) invalidate(["get_comment"]);
    else for (const id of new Set(batch.comments)) invalidate(keys.comment(id));
    if (batch.outbox) {
      invalidate(["list_outbox"]);
      invalidate(["get_unknown"]);
    }
    // What can be done to a post hangs on its account as well.
    if (batch.outbox || batch.accounts) invalidate(["get_post"]);
    if (batch.settings) {
      void backend.call("get_settings", null).then(
        (settings) => client.setQueryData<AppState>(["open_app"], (state) => state && { ...state, settings }),
        // The settings on the screen stay; the next change reads them again.
        () => undefined,
      );
    }
  };

  const stop = backend.on((event: AppEvent) => {
    switch (event.event) {
      case "changed": {
        const { data } = event;
        gathered = gathered
          ? {
              comments: [...gathered.comments, ...data.comments],
              all_comments: gathered.all_comments || data.all_comments,
              arrived: gathered.arrived + data.arrived,
              outbox: gathered.outbox || data.outbox,
              accounts: gathered.accounts || data.accounts,
              settings: gathered.settings || data.settings,
            }
          : data;
        timer ??= setTimeout(apply, GATHER_MS);
        return;
      }
      case "progress":
        client.setQueryData<Progress>(["progress"], event.data);
        return;
      case "trouble":
        client.setQueryData<AppState>(["open_app"], (state) => state && { ...state, trouble: event.data });
        return;
      case "state": {
        open ??= workspaceOf(client.getQueryData<AppState>(["open_app"]));
        const next = workspaceOf(event.data);
        client.setQueryData<AppState>(["open_app"], event.data);
        // Nothing of one workspace may be seen in another.
        if (open !== null && next !== null && next !== open) void client.resetQueries({ predicate: ({ queryKey }) => !OF_THE_APP.has(queryKey[0]) });
        open = next ?? open;
        return;
      }
      case "closing":
        // Asked for in every case: without an answer the shell waits its three seconds out.
        void beforeClose.run().then(() => backend.call("ready_to_close", null)).catch(() => undefined);
        return;
    }
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
