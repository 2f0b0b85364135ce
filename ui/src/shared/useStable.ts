import { useCallback, useRef } from "react";

/** The same function for the life of the component, doing what the newest one does: for parts that are memoised. */
export function useStable<A extends unknown[], R>(run: (...args: A) => R): (...args: A) => R {
  const latest = useRef(run);
  latest.current = run;
  return useCallback((...args: A) => latest.current(...args), []);
}
