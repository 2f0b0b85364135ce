import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DraftView } from "@/contract/contract";
import { DraftDesk } from "./draftDesk";

const draft = (text: string) => ({ text }) as DraftView;

describe("the desk", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("saves while somebody types on without a pause", async () => {
    const save = vi.fn((_: number, text: string) => Promise.resolve(draft(text)));
    const desk = new DraftDesk(save, () => undefined, () => undefined);
    for (let typed = 1; typed <= 12; typed += 1) {
      desk.write(7, "a".repeat(typed));
      await vi.advanceTimersByTimeAsync(300);
    }
    expect(save, "3.6 seconds without a pause of half a second").toHaveBeenCalled();
  });

  it("is clear once everything that was under way has arrived", async () => {
    let arrive: (view: DraftView) => void = () => undefined;
    const save = vi.fn(() => new Promise<DraftView>((done) => { arrive = done; }));
    const desk = new DraftDesk(save, () => undefined, () => undefined);
    desk.write(7, "last words");
    let clear = false;
    const flushed = desk.flushAll().then(() => { clear = true; });
    await vi.advanceTimersByTimeAsync(0);
    expect(clear).toBe(false);
    arrive(draft("last words"));
    await flushed;
    expect(desk.text(7)).toBeUndefined();
  });
});
