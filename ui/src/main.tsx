// First, so that a feature's own styles come after the shared parts.
import "@/app/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App, newQueryClient } from "@/app/App";
import type { Backend } from "@/backend/backend";

async function chooseBackend(): Promise<Backend> {
  if ("__TAURI_INTERNALS__" in window) return (await import("@/backend/tauri")).tauriBackend();
  return (await import("@/backend/fake")).fakeFromAddress(new URL(location.href));
}

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
const client = newQueryClient();
void chooseBackend().then((backend) => {
  createRoot(root).render(
    <StrictMode>
      <App backend={backend} client={client} />
    </StrictMode>,
  );
});
