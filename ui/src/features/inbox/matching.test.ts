import { describe, expect, it } from "vitest";
import { findWords, matchOf } from "./matching";

describe("what is typed into the palette", () => {
  it("finds commands by the words they begin with first, then by words within", () => {
    const scores = ["Approve", "Stop all, or approve", "Disapprove"].map((words) => matchOf("appr", words, "This comment"));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(new Set(scores).size, "each is worth something else").toBe(3);
    expect(Math.min(...scores)).toBeGreaterThan(0);
  });

  it("does not find letters that are only scattered over a command", () => {
    expect(matchOf("appr", "Label: Partnership", "This comment")).toBe(0);
    expect(matchOf("appr", "Light", "Appearance")).toBe(0);
  });

  it("takes the words in any order, and the group's as well", () => {
    expect(matchOf("spam label", "Label: Spam", "This comment")).toBeGreaterThan(0);
    expect(matchOf("вид тёмная", "Тёмная", "Вид")).toBeGreaterThan(0);
  });

  it("says where they stand", () => {
    expect(findWords("OUT", "Open the outbox")).toEqual({ start: 9, end: 12 });
    expect(findWords("box open", "Open the outbox")).toEqual({ start: 12, end: 15 });
    expect(findWords("zzz", "Outbox")).toBeNull();
    expect(findWords("i", "İstanbul"), "its lower case is longer").toBeNull();
  });
});
