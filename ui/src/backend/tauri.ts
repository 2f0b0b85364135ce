import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { AppEvent } from "@/contract/contract";
import { toCommandError, type Backend } from "./backend";

export function tauriBackend(): Backend {
  return {
    async call(name, request) {
      try {
        return await invoke(name, request === null ? {} : { request });
      } catch (thrown) {
        throw toCommandError(thrown);
      }
    },
    on(listener) {
      const stop = listen<AppEvent>("app", (event) => {
        listener(event.payload);
      });
      return () => {
        void stop.then((unlisten) => {
          unlisten();
        });
      };
    },
  };
}
