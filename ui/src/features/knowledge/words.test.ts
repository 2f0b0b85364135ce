import { describe, expect, it } from "vitest";
import { asTyped, languageName, wordsIn } from "./words";

describe("words for one thing", () => {
  it("are read with any sign between them, and written with one", () => {
    expect(wordsIn(" frying pan =skillet, сковорода;\n таба = ")).toEqual(["frying pan", "skillet", "сковорода", "таба"]);
    expect(wordsIn(" = , ")).toEqual([]);
    expect(wordsIn(asTyped(["frying pan", "skillet"]))).toEqual(["frying pan", "skillet"]);
  });

  it("name a language, or its code where it has no name", () => {
    expect(languageName("ru", "en")).toBe("Russian");
    expect(languageName("en", "ru")).toBe("Английский");
    expect(languageName("not a language", "en")).toBe("not a language");
  });
});
