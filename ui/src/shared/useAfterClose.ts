import { useMemo, useRef } from "react";

/**
 * Runs what was chosen in a menu or a dialog once it has closed and given the focus back. What is chosen may open
 * something of its own: opened before that, it would lose the focus at once, or give it back to what is gone.
 */
export interface AfterClose {
  choose: (run: () => void) => void;
  /** Called by what has given the focus back. */
  run: () => void;
  /** For a menu, as its `onCloseAutoFocus`: gives the focus to the button that opened it, and runs what was chosen. */
  backTo: (button: { readonly current: HTMLElement | null }) => (event: Event) => void;
}

export function useAfterClose(): AfterClose {
  const chosen = useRef<(() => void) | null>(null);
  return useMemo(() => {
    const run = () => {
      const act = chosen.current;
      chosen.current = null;
      act?.();
    };
    return {
      choose: (act) => {
        chosen.current = act;
      },
      run,
      backTo: (button) => (event) => {
        if (chosen.current === null) return;
        event.preventDefault();
        button.current?.focus();
        run();
      },
    };
  }, []);
}
