import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import type { CommandError, ConnectAccount, PageChoice, PermissionView } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import type { Connectable } from "../standing";
import { NOTHING, requestOf, type Typed } from "./typed";

export interface ConnectAsk {
  /** `null` asks first. */
  platform: Connectable | null;
  /** The account that is signed in again. */
  again?: string;
}

export type Place =
  | { at: "platform" }
  | { at: "sign_in"; cancelled?: boolean }
  | { at: "page"; pages: PageChoice[] }
  | { at: "missing"; permissions: PermissionView[] }
  | { at: "done"; account: number; permissions: PermissionView[] };

interface Flow {
  ask: ConnectAsk;
  platform: Connectable;
  place: Place;
  typed: Typed;
  busy: boolean;
  error: CommandError | null;
}

export interface Connecting {
  /** `null` while nothing is being connected. */
  flow: Flow | null;
  begin: (ask: ConnectAsk) => void;
  /** Ends it wherever it is; a sign-in that waits in the browser ends with it. */
  leave: () => void;
  pick: (platform: Connectable) => void;
  type: (part: Partial<Typed>) => void;
  /** To another step, with nothing said of the last try. */
  goTo: (place: Place) => void;
  submit: (page: string | null) => void;
  /** The answer to the sign-in itself says that it ended. */
  cancel: () => void;
  /** Once more from the access on. */
  again: () => void;
}

/**
 * From nothing to a connected account. Kept above the pages of the window: the first account of one's own opens another
 * workspace on the way, and what came of it must be told after that. What is typed stays here and goes to the engine only.
 */
export function useConnecting(): Connecting {
  const backend = useBackend();
  const client = useQueryClient();
  const [flow, setFlow] = useState<Flow | null>(null);
  const asking = useRef<symbol | null>(null);
  const change = useCallback((part: Partial<Flow>) => {
    setFlow((before) => before && { ...before, ...part });
  }, []);

  const stop = useCallback(() => {
    if (asking.current) void backend.call("cancel_connect", null).catch(() => undefined);
    asking.current = null;
  }, [backend]);
  const begin = useCallback(
    (ask: ConnectAsk) => {
      stop();
      setFlow({ ask, platform: ask.platform ?? "instagram", place: { at: ask.platform ? "sign_in" : "platform" }, typed: NOTHING, busy: false, error: null });
    },
    [stop],
  );
  const leave = useCallback(() => {
    stop();
    setFlow(null);
  }, [stop]);

  const send = async (request: ConnectAccount) => {
    const mine = Symbol("try");
    asking.current = mine;
    change({ error: null, busy: true });
    try {
      const answer = await backend.call("connect_account", request);
      if (asking.current !== mine) return;
      switch (answer.result) {
        case "connected":
          change({ typed: NOTHING, place: { at: "done", account: answer.account_id, permissions: answer.permissions } });
          void client.invalidateQueries();
          break;
        case "choose_page":
          change({ place: { at: "page", pages: answer.pages } });
          break;
        case "missing_permission":
          change({ place: { at: "missing", permissions: answer.permissions } });
          break;
        case "cancelled":
          change({ place: { at: "sign_in", cancelled: true } });
          break;
      }
    } catch (thrown) {
      if (asking.current === mine) change({ error: toCommandError(thrown) });
    } finally {
      if (asking.current === mine) {
        asking.current = null;
        change({ busy: false });
      }
    }
  };
  return {
    flow,
    begin,
    leave,
    pick: (platform) => {
      change({ platform, typed: NOTHING, error: null });
    },
    type: (part) => {
      setFlow((before) => before && { ...before, typed: { ...before.typed, ...part }, error: null });
    },
    goTo: (place) => {
      change({ place, error: null });
    },
    submit: (page) => {
      if (flow) void send(requestOf(flow.platform, flow.typed, page));
    },
    cancel: () => {
      backend.call("cancel_connect", null).catch((thrown: unknown) => {
        change({ error: toCommandError(thrown) });
      });
    },
    again: () => {
      // A token of Meta holds what was allowed when it was made; a Google client and a bot can be allowed more.
      change({ error: null, place: { at: "sign_in" }, ...(flow?.platform === "youtube" || flow?.platform === "telegram" ? {} : { typed: NOTHING }) });
    },
  };
}
