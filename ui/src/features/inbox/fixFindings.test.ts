import { describe, expect, it } from "vitest";
import type { GuardFinding } from "@/contract/contract";
import { fixAll } from "./fixFindings";

const TEXT = "Yes, the Lid 26 is €19 and we promise it will be there by Friday. If it is sold out, ask @pansandmore, they stock it too.";

function at(found: string, source_says: string | null = null): GuardFinding {
  const start = TEXT.indexOf(found);
  return { rule: "promise", start, end: start + found.length, found, source_says };
}

describe("fixing what the guard found", () => {
  it("takes the source's words where there are some, and the marked words out elsewhere", () => {
    expect(fixAll(TEXT, [at("€19", "€24"), at("we promise it will be there by Friday"), at("@pansandmore")])).toBe(
      "Yes, the Lid 26 is €24. If it is sold out, ask, they stock it too.",
    );
  });

  it("takes words out once when two findings share them", () => {
    expect(fixAll(TEXT, [at("we promise it will be there by Friday"), at("by Friday")])).toBe("Yes, the Lid 26 is €19. If it is sold out, ask @pansandmore, they stock it too.");
  });

  it("offers nothing when a finding concerns the whole reply, or is all of it", () => {
    expect(fixAll("@pansandmore", [{ rule: "handle", start: 0, end: 12, found: "@pansandmore", source_says: null }])).toBeNull();
    expect(fixAll(TEXT, [at("€19", "€24"), { rule: "too_long", start: 0, end: 0, found: "", source_says: null }])).toBeNull();
  });
});
