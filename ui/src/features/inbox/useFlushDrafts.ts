import { useEffect } from "react";
import type { DraftDesk } from "./draftDesk";

/**
 * Typed words go to the engine at every sign that the window may be about to go: losing the focus comes first when a
 * person turns away or closes it. The shell waits for nothing yet, so what is flushed last may still be under way.
 */
export function useFlushDrafts(desk: DraftDesk): void {
  useEffect(() => {
    const flush = () => {
      void desk.flushAll();
    };
    const hidden = () => {
      if (document.visibilityState === "hidden") flush();
    };
    window.addEventListener("blur", flush);
    window.addEventListener("beforeunload", flush);
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      window.removeEventListener("blur", flush);
      window.removeEventListener("beforeunload", flush);
      window.removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", hidden);
      flush();
    };
  }, [desk]);
}
