import type { ThemeChoice, Density } from "@/contract/contract";
import { FakeEngine, type FakeState } from "./fake/engine";

/**
 * The fake for a page in a plain browser. The address says what to show:
 * `?state=empty|loading|error|busy|several|first|opening|nokeychain|failed|trouble|badsettings`, `theme`, `lang`, `density`, `hold` (seconds).
 */
export function fakeFromAddress(address: URL): FakeEngine {
  const query = address.searchParams;
  const hold = query.get("hold");
  const engine = new FakeEngine({
    state: (query.get("state") ?? "ready") as FakeState,
    latencyMs: 30,
    ...(hold === null ? {} : { holdSeconds: Number(hold) }),
    settings: {
      theme: (query.get("theme") ?? "system") as ThemeChoice,
      language: query.get("lang") ?? "system",
      density: (query.get("density") ?? "comfortable") as Density,
    },
  });
  setInterval(() => {
    engine.tick();
  }, 250);
  // For the console and for screenshots: `fake.failNext("approve_draft")`.
  Object.assign(globalThis, { fake: engine });
  if (engine.options.state === "busy") setTimeout(() => { engine.arrive(12); }, 1_200);
  return engine;
}
