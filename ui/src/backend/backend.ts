import type { AppEvent, CommandError, CommandName, Commands } from "@/contract/contract";

/** What the window needs of the engine. `tauri.ts` and `fake.ts` implement it; nothing else reaches outside. */
export interface Backend {
  /** Rejects with a `CommandError` and with nothing else. */
  call<N extends CommandName>(name: N, request: Commands[N]["request"]): Promise<Commands[N]["answer"]>;
  /** Returns the function that stops listening. */
  on(listener: (event: AppEvent) => void): () => void;
}

export function isCommandError(thrown: unknown): thrown is CommandError {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    typeof (thrown as CommandError).code === "string" &&
    typeof (thrown as CommandError).message === "string"
  );
}

/** Anything thrown, as the error the window shows. */
export function toCommandError(thrown: unknown): CommandError {
  if (isCommandError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal", message };
}
