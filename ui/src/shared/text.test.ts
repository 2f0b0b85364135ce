import { describe, expect, it } from "vitest";
import { asSentence } from "./text";

describe("text", () => {
  it("makes a sentence of an error's fragment and leaves a sentence alone", () => {
    expect(asSentence("the disk is full")).toBe("The disk is full.");
    expect(asSentence("Nothing is lost.")).toBe("Nothing is lost.");
    expect(asSentence("  ")).toBe("");
  });
});
