import { createContext, use, useMemo, type ReactNode } from "react";
import type { Backend } from "./backend";
import { BeforeClose } from "./beforeClose";

const BackendContext = createContext<{ backend: Backend; beforeClose: BeforeClose } | null>(null);

export function BackendProvider({ backend, children }: { backend: Backend; children: ReactNode }) {
  const outside = useMemo(() => ({ backend, beforeClose: new BeforeClose() }), [backend]);
  return <BackendContext value={outside}>{children}</BackendContext>;
}

function useOutside() {
  const outside = use(BackendContext);
  if (!outside) throw new Error("useBackend needs a BackendProvider above it");
  return outside;
}

export function useBackend(): Backend {
  return useOutside().backend;
}

export function useBeforeClose(): BeforeClose {
  return useOutside().beforeClose;
}
