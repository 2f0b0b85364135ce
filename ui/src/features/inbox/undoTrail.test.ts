import { describe, expect, it } from "vitest";
import { UndoTrail } from "./undoTrail";

describe("what z takes back", () => {
  it("is the newest act, and after it the one before", () => {
    const trail = new UndoTrail();
    const approved = trail.add([{ comment: 1, action: 11 }]);
    const closed = trail.add([{ comment: 2, action: null }]);
    expect(trail.isNewest(closed)).toBe(true);
    trail.tookBack(2);
    expect(trail.isNewest(approved)).toBe(true);
  });

  it("passes over an act whose comment was changed since, and over a cancelled action", () => {
    const trail = new UndoTrail();
    const first = trail.add([{ comment: 1, action: null }]);
    trail.add([{ comment: 2, action: null }]);
    trail.add([{ comment: 3, action: 33 }]);
    trail.overtaken(2);
    trail.cancelled(33);
    expect(trail.isNewest(first)).toBe(true);
  });

  it("keeps one stroke together when a part of it is cancelled", () => {
    const trail = new UndoTrail();
    const both = trail.add([
      { comment: 1, action: 11 },
      { comment: 2, action: 22 },
    ]);
    trail.cancelled(22);
    expect(trail.newest()?.items).toEqual([{ comment: 1, action: 11 }]);
    expect(trail.isNewest(both), "it is still the same stroke").toBe(true);
  });

  it("knows nothing any more once the engine took back what this window did not do", () => {
    const trail = new UndoTrail();
    trail.add([{ comment: 1, action: null }]);
    trail.tookBack(99);
    expect(trail.newest()).toBeNull();
  });
});
