import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { detailOf, open, QUESTION, ready, spoken } from "@/test/inbox";
import { openWindow } from "@/test/openWindow";

const key = (element: HTMLElement) => element.querySelector("kbd")?.textContent ?? null;

describe("undo beside a held reply", () => {
  it("shows z on the newest act only, and the button of a notice takes back exactly its own", async () => {
    const window = await ready(openWindow({ holdSeconds: 60 }));
    await open(window, QUESTION);
    const approved = detailOf();
    await window.user.keyboard("a");
    expect(key(await screen.findByTestId("undo")), "so far the reply is the newest").toBe("z");
    const closed = detailOf();
    await window.user.keyboard("d");
    const notice = await screen.findByTestId("undo-notice");
    expect(key(notice)).toBe("z");
    expect(key(screen.getByTestId("undo")), "z would not take the reply back any more").toBeNull();

    await window.user.click(screen.getByTestId("undo"));
    await waitFor(() => {
      expect(window.engine.actions.find((action) => action.comment_id === approved)?.state).toBe("cancelled");
    });
    expect(window.engine.comments.get(closed)?.stage, "the other act stands").toBe("done");

    await window.user.keyboard("z");
    await waitFor(() => {
      expect(window.engine.comments.get(closed)?.stage).toBe("to_review");
    });
  });

  it("gives z back to the reply once the newer act was taken back", async () => {
    const window = await ready(openWindow({ holdSeconds: 60 }));
    await open(window, QUESTION);
    await window.user.keyboard("a");
    await screen.findByTestId("undo");
    await window.user.keyboard("d");
    await screen.findByTestId("undo-notice");
    await window.user.keyboard("z");
    await waitFor(() => {
      expect(key(screen.getByTestId("undo"))).toBe("z");
    });
  });

  it("takes back the act made just before, although the engine has not answered it yet", async () => {
    const window = await ready(openWindow({ holdSeconds: 60 }));
    await open(window, QUESTION);
    await window.user.keyboard("a");
    await screen.findByTestId("undo");
    const closed = detailOf();
    window.engine.options.latencyMs = 120;
    fireEvent.keyDown(window.selected(), { key: "d", code: "KeyD" });
    // What is asked for later could overtake on the way.
    window.engine.options.latencyMs = 0;
    fireEvent.keyDown(window.selected(), { key: "z", code: "KeyZ" });
    await waitFor(() => {
      expect(spoken()).toBe("Taken back: done");
    });
    expect(window.engine.comments.get(closed)?.stage).toBe("to_review");
    expect(window.engine.actions.filter((action) => action.state === "held"), "the older reply is still held").toHaveLength(1);
  });

  it("offers no undo for what the engine cannot take back", async () => {
    const window = await ready(openWindow());
    await window.user.click(screen.getByTestId("queue-escalated"));
    await waitFor(() => {
      expect(screen.getByTestId("detail").dataset.stage).toBe("escalated");
    });
    await window.user.click(screen.getByTestId("act-returnToReview"));
    const notice = await screen.findByTestId("notice");
    expect(notice).toHaveTextContent("Back in review");
    expect(within(notice).queryByRole("button", { name: /Undo/ })).not.toBeInTheDocument();
  });

  it("counts no more seconds than the hold has", async () => {
    const window = await ready(openWindow({ holdSeconds: 60 }));
    await open(window, QUESTION);
    await window.user.keyboard("a");
    const seconds = Number(/in (\d+) s/.exec((await screen.findByTestId("outbox-notice")).textContent)?.[1]);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(seconds).toBeGreaterThan(50);
  });
});

describe("a held key", () => {
  it("acts once, and goes on moving", async () => {
    const window = await ready(openWindow());
    await window.user.click(window.rows()[0] as HTMLElement);
    const call = vi.spyOn(window.engine, "call");
    const first = detailOf();
    fireEvent.keyDown(window.selected(), { key: "d", code: "KeyD" });
    await waitFor(() => {
      expect(detailOf()).not.toBe(first);
    });
    fireEvent.keyDown(window.selected(), { key: "d", code: "KeyD", repeat: true });
    await waitFor(() => {
      expect(spoken()).toMatch(/^Done without a reply/);
    });
    await window.user.keyboard("e{Escape}");
    expect(call.mock.calls.filter(([name]) => name === "dismiss_comment")).toHaveLength(1);
    const at = window.rows().indexOf(window.selected());
    act(() => {
      for (let again = 0; again < 3; again += 1) fireEvent.keyDown(window.selected(), { key: "j", code: "KeyJ", repeat: true });
    });
    expect(window.rows().indexOf(window.selected())).toBeGreaterThan(at);
  });
});
