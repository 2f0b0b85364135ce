import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect } from "vitest";
import { App, newQueryClient } from "@/app/App";
import { FakeEngine, type FakeOptions } from "@/backend/fake/engine";

/** The whole window on an engine in memory, with a clock that the test moves. */
export function openWindow(options: FakeOptions = {}) {
  let shift = 0;
  const engine = new FakeEngine({ count: 106, ...options, settings: { language: "en", ...options.settings }, now: () => Date.now() + shift });
  const user = userEvent.setup({ delay: null });
  const view = render(<App backend={engine} client={newQueryClient()} />);
  return {
    engine,
    user,
    ...view,
    /** Lets the engine's time pass. */
    pass: (seconds: number) => {
      shift += seconds * 1000;
      act(() => {
        engine.tick();
      });
    },
    // Not by role: working out the accessible name of every row takes seconds in jsdom.
    rows: () => [...screen.getByTestId("comment-list").querySelectorAll<HTMLElement>('[role="option"]')],
    selected: () => {
      const row = screen.getByTestId("comment-list").querySelector<HTMLElement>('[role="option"][aria-selected="true"]');
      if (!row) throw new Error("no row is selected");
      return row;
    },
    count: (queue: string) => Number(screen.getByTestId(`queue-count-${queue}`).dataset.count),
  };
}

export async function expectAccessible(root: Element = document.body): Promise<void> {
  // jsdom has no layout, so contrast is measured on the tokens instead (see the design's table).
  const { violations } = await axe.run(root, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
}
