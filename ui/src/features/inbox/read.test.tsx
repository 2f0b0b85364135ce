import { renderHook, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { CommentRow } from "@/contract/contract";
import { detailOf, ready } from "@/test/inbox";
import { openWindow } from "@/test/openWindow";
import { useLook } from "./useRead";

const dotOf = (row: HTMLElement | undefined) => row?.querySelector("[data-unread]");

/** Every comment is new to the person. */
async function unread(prepare: (window: ReturnType<typeof openWindow>) => void = () => undefined) {
  const window = openWindow();
  for (const comment of window.engine.comments.values()) comment.row.unread = true;
  const call = vi.spyOn(window.engine, "call");
  prepare(window);
  await ready(window);
  const marked = () => call.mock.calls.filter(([name]) => name === "mark_read").map(([, request]) => (request as { comment_id: number }).comment_id);
  return { ...window, marked };
}

describe("a comment is read", () => {
  it("once its card was looked at for a moment, and not when it is only fetched ahead", async () => {
    const { engine, rows, marked } = await unread();
    const id = detailOf();
    await waitFor(() => {
      expect(marked()).toEqual([id]);
    });
    expect(dotOf(rows()[0])).toBeNull();
    expect(dotOf(rows()[1]), "its card is there already, but nobody saw it").not.toBeNull();
    expect(engine.comments.get(id)?.row.unread).toBe(false);
  });

  it("not by going past it, nor behind another window", () => {
    vi.useFakeTimers();
    const visible = vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
    const marked = vi.fn();
    const row = (id: number) => ({ id, unread: true }) as CommentRow;
    const { rerender } = renderHook(({ shown }) => {
      useLook(shown, marked);
    }, { initialProps: { shown: row(1) } });
    for (const id of [2, 3, 4]) {
      vi.advanceTimersByTime(200);
      rerender({ shown: row(id) });
    }
    visible.mockReturnValue("hidden");
    rerender({ shown: row(4) });
    vi.advanceTimersByTime(5_000);
    expect(marked).not.toHaveBeenCalled();
    visible.mockReturnValue("visible");
    const last = row(4);
    rerender({ shown: last });
    vi.advanceTimersByTime(1_000);
    expect(marked.mock.calls).toEqual([[last]]);
    vi.useRealTimers();
  });

  it("by acting on it, however fast", async () => {
    const { user, engine, marked } = await unread();
    const id = detailOf();
    await user.keyboard("d");
    expect(marked()).toContain(id);
    await waitFor(() => {
      expect(engine.comments.get(id)?.row).toMatchObject({ unread: false, stage: "done" });
    });
  });

  it("in one-at-a-time as well", async () => {
    const { user, marked } = await unread();
    await user.keyboard("f");
    await screen.findByTestId("zen");
    await user.keyboard("j");
    const id = Number(screen.getByTestId("detail").dataset.comment);
    await waitFor(() => {
      expect(marked()).toContain(id);
    });
  });

  it("again when the engine could not keep it", async () => {
    const { user, rows, marked } = await unread(({ engine }) => {
      engine.failNext("mark_read", "storage_failed", "the disk is full");
    });
    const id = detailOf();
    await waitFor(() => {
      expect(marked()).toEqual([id]);
    });
    await waitFor(() => {
      expect(dotOf(rows()[0]), "the dot comes back").not.toBeNull();
    });
    await user.keyboard("j");
    await user.keyboard("k");
    await waitFor(() => {
      expect(marked()).toEqual([id, id]);
    });
  });
});
