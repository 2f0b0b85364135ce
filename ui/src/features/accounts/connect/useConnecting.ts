import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import type { CommandError, ConnectResult, PageChoice, PermissionView } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import type { Connectable } from "../standing";
import { NOTHING, requestOf, type Typed } from "./typed";
import { asksWay, refusedPart, WAYS, type AppPart, type Way } from "./ways";

export interface ConnectAsk {
  /** `null` asks first. */
  platform: Connectable | null;
  /** The account that is signed in again. */
  again?: string;
}

export type Place =
  | { at: "platform" }
  | { at: "way" }
  | { at: "sign_in"; cancelled?: boolean }
  /** The way through the user's own Meta app, one value or action at a time. */
  | { at: "app"; part: AppPart }
  | { at: "page"; pages: PageChoice[] }
  | { at: "missing"; permissions: PermissionView[] }
  | { at: "done"; account: number; permissions: PermissionView[] };

interface Flow {
  ask: ConnectAsk;
  platform: Connectable;
  way: Way;
  place: Place;
  typed: Typed;
  /** Where the person signs in with their own Meta app, for a browser that did not open by itself. */
  signInAt: string | null;
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
  pickWay: (way: Way) => void;
  type: (part: Partial<Typed>) => void;
  /** To another step, with nothing said of the last try. */
  goTo: (place: Place) => void;
  /** Opens the page in the browser where the person signs in with their own Meta app. */
  openSignIn: () => void;
  submit: (page: string | null) => void;
  /** The answer to the sign-in itself says that it ended. */
  cancel: () => void;
  /** Once more from the access on. */
  again: () => void;
}

/** The first question about the access to a platform. */
export function firstOf(platform: Connectable): Place {
  return { at: asksWay(platform) ? "way" : "sign_in" };
}

const fresh = (platform: Connectable) => ({ platform, way: WAYS[platform][0], typed: NOTHING, signInAt: null, error: null });

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
      setFlow({ ...fresh(ask.platform ?? "instagram"), ask, place: ask.platform ? firstOf(ask.platform) : { at: "platform" }, busy: false });
    },
    [stop],
  );
  const leave = useCallback(() => {
    stop();
    setFlow(null);
  }, [stop]);

  /** An answer that nobody waits for any more is dropped. A refusal is told at the step whose value it names. */
  const wait = async <A>(call: Promise<A>, way: Way, then: (answer: A) => void) => {
    const mine = Symbol("try");
    asking.current = mine;
    change({ error: null, busy: true });
    try {
      const answer = await call;
      if (asking.current === mine) then(answer);
    } catch (thrown) {
      const error = toCommandError(thrown);
      const part = way === "instagram_code" ? refusedPart(error) : null;
      if (asking.current === mine) change(part ? { error, place: { at: "app", part } } : { error });
    } finally {
      if (asking.current === mine) {
        asking.current = null;
        change({ busy: false });
      }
    }
  };
  const follow = (answer: ConnectResult) => {
    switch (answer.result) {
      case "connected":
        change({ typed: NOTHING, signInAt: null, place: { at: "done", account: answer.account_id, permissions: answer.permissions } });
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
  };
  return {
    flow,
    begin,
    leave,
    pick: (platform) => {
      change(fresh(platform));
    },
    pickWay: (way) => {
      change({ way, typed: NOTHING, signInAt: null, error: null });
    },
    type: (part) => {
      setFlow((before) => before && { ...before, typed: { ...before.typed, ...part }, error: null });
    },
    goTo: (place) => {
      change({ place, error: null });
    },
    openSignIn: () => {
      if (!flow) return;
      const { typed, way } = flow;
      void wait(backend.call("begin_instagram_sign_in", { app_id: typed.appId.trim(), redirect: typed.redirect.trim() }), way, ({ address }) => {
        // What another sign-in ended at is good for nothing now.
        change({ signInAt: address, typed: { ...typed, address: "" }, place: { at: "app", part: "address" } });
      });
    },
    submit: (page) => {
      if (flow) void wait(backend.call("connect_account", requestOf(flow.way, flow.typed, page)), flow.way, follow);
    },
    cancel: () => {
      backend.call("cancel_connect", null).catch((thrown: unknown) => {
        change({ error: toCommandError(thrown) });
      });
    },
    again: () => {
      if (!flow) return;
      const { way, typed } = flow;
      if (way === "instagram_code") {
        // The app stays as it is; the browser's answer is good once.
        const from = typed.appId === "" ? "app_id" : "open";
        change({ error: null, place: { at: "app", part: from }, signInAt: null, typed: { ...typed, address: "" } });
        return;
      }
      // A token of Meta holds what was allowed when it was made; a Google client and a bot can be allowed more.
      const kept = way === "youtube" || way === "telegram";
      change({ error: null, place: { at: "sign_in" }, typed: kept ? typed : NOTHING });
    },
  };
}
