import { describe, expect, it } from "vitest";
import { carrySpan, diffWords } from "./diff";

describe("word diff", () => {
  it("counts places and the share of words", () => {
    const diff = diffWords("Hello Ana, the lid costs €24.", "Hi Ana, the lid costs €24. See you soon.");
    expect(diff.places).toBe(2);
    expect(diff.share).toBeGreaterThan(0.3);
    expect(diff.parts.filter((p) => p.kind !== "added").map((p) => p.text).join("")).toBe("Hello Ana, the lid costs €24.");
  });

  it("says nothing changed when nothing did", () => {
    expect(diffWords("Same words", "Same words")).toMatchObject({ places: 0, share: 0 });
  });

  it("moves a citation along with unchanged words and drops it when they changed", () => {
    const before = "Hello, it works on induction and costs €89.";
    const after = "Hi Lena, it works on induction and costs €99.";
    const parts = diffWords(before, after).parts;
    const hob = { start: before.indexOf("works"), end: before.indexOf(" and costs") };
    const moved = carrySpan(hob, parts);
    expect(moved && after.slice(moved.start, moved.end)).toBe("works on induction");
    const price = { start: before.indexOf("€89"), end: before.indexOf("€89") + 3 };
    expect(carrySpan(price, parts), "the price was changed by hand, so no source stands behind it").toBeNull();
  });
});
