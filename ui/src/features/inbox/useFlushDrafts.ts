import { useEffect } from "react";
import { useBeforeClose } from "@/backend/context";
import type { DraftDesk } from "./draftDesk";

/**
 * Typed words go to the engine at every sign that the window may be about to go: losing the focus comes first when a
 * person turns away. When they close it, the shell asks first (`AppEvent` "closing") and waits up to three seconds
 * for what is added to `BeforeClose`. `acted` resolves when the acts under way have ended: a refused approval puts
 * its words back on the desk.
 */
export function useFlushDrafts(desk: DraftDesk, acted: () => Promise<void>): void {
  const beforeClose = useBeforeClose();
  useEffect(() => {
    const flush = () => {
      void desk.flushAll();
    };
    const hidden = () => {
      if (document.visibilityState === "hidden") flush();
    };
    const last = async () => {
      await Promise.all([desk.flushAll(), acted()]);
      await desk.flushAll();
    };
    const remove = beforeClose.add(last);
    window.addEventListener("blur", flush);
    window.addEventListener("beforeunload", flush);
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      window.removeEventListener("blur", flush);
      window.removeEventListener("beforeunload", flush);
      window.removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", hidden);
      // Still waited for when the window is closed before these words have arrived.
      void last().finally(remove);
    };
  }, [desk, acted, beforeClose]);
}
