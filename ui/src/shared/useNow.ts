import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function subscribe(listener: () => void) {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time, stepping once a second for everyone who shows a countdown. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** The time, stepping twice a minute: for ages. */
export function useMinute(): number {
  return useSyncExternalStore(subscribe, () => Math.floor(now / 30_000) * 30_000);
}
