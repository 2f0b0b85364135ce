import { useCallback, useLayoutEffect, useRef } from "react";

/**
 * Where the focus goes back to when something that opened without a button of its own is closed: to what had it,
 * or to the row that is selected when that is no longer there. Whoever has taken the focus meanwhile keeps it.
 */
export function useReturnFocus(open: boolean): (event: Event) => void {
  const before = useRef<HTMLElement | null>(null);
  // A layout effect: what opens takes the focus in a later one.
  useLayoutEffect(() => {
    if (open && document.activeElement instanceof HTMLElement) before.current = document.activeElement;
  }, [open]);
  return useCallback((event: Event) => {
    event.preventDefault();
    const now = document.activeElement;
    const leaving = event.target instanceof Node && event.target.contains(now);
    if (now && now !== document.body && !leaving) return;
    const target = before.current?.isConnected && before.current !== document.body ? before.current : document.querySelector<HTMLElement>("[data-focus-home]");
    target?.focus({ preventScroll: true });
  }, []);
}
