import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { detailOf, open, QUESTION, ready } from "@/test/inbox";
import { openWindow } from "@/test/openWindow";

async function typed() {
  const window = await ready(openWindow());
  await open(window, QUESTION);
  const id = detailOf();
  await window.user.keyboard("e");
  await window.user.type(screen.getByTestId("draft-editor"), " Last words");
  return { ...window, id };
}

describe("closing the window", () => {
  it("saves what was typed before it lets the shell go on", async () => {
    const { engine, id } = await typed();
    const call = vi.spyOn(engine, "call");
    act(() => {
      engine.close();
    });
    await waitFor(() => {
      expect(engine.closed).toBe(true);
    });
    const names = call.mock.calls.map(([name]) => name);
    expect(names.indexOf("save_draft"), "the words go first").toBeLessThan(names.indexOf("ready_to_close"));
    expect(engine.comments.get(id)?.draft?.text).toMatch(/Last words$/);
  });

  it("lets the shell go on when the words are refused", async () => {
    const { engine } = await typed();
    engine.failNext("save_draft", "storage_failed", "the disk is full");
    act(() => {
      engine.close();
    });
    await waitFor(() => {
      expect(engine.closed).toBe(true);
    });
  });

  it("waits for an approval that is on its way, and keeps its words when it is refused", async () => {
    const { engine, id, user } = await typed();
    engine.failNext("approve_draft", "storage_failed", "the database is busy");
    await user.keyboard("{Control>}{Enter}{/Control}");
    act(() => {
      engine.close();
    });
    await waitFor(() => {
      expect(engine.closed).toBe(true);
    });
    expect(engine.comments.get(id)?.draft?.text).toMatch(/Last words$/);
  });

  it.each(["first", "opening", "failed"] as const)("is answered as well when no inbox is open: %s", async (state) => {
    const { engine } = openWindow({ state });
    await screen.findByRole("heading", { level: 1 });
    act(() => {
      engine.close();
    });
    await waitFor(() => {
      expect(engine.closed).toBe(true);
    });
  });
});
