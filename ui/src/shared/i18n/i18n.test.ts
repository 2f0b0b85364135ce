import { describe, expect, it } from "vitest";
import { i18n, resolveLanguage } from ".";
import { en } from "./en";
import { ru } from "./ru";

const PLURAL = /_(one|few|many|other)$/;

function keys(tree: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") found.set(path + key, value);
    else for (const [inner, text] of keys(value as object, `${path}${key}.`)) found.set(inner, text);
  }
  return found;
}

const stems = (all: Map<string, string>) => [...new Set([...all.keys()].map((key) => key.replace(PLURAL, "")))].sort();
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)/g)].map((match) => match[1]).sort();

describe("catalogues", () => {
  it("say the same things in both languages", () => {
    expect(stems(keys(ru)), "a string missing here shows as English in a Russian window").toEqual(stems(keys(en)));
  });

  it("give every plural the forms its language needs", () => {
    for (const [tree, forms] of [
      [en, ["one", "other"]],
      [ru, ["one", "few", "many", "other"]],
    ] as const) {
      const all = keys(tree);
      // Plural keys are those with an `_other` form.
      for (const key of all.keys()) {
        if (!key.endsWith("_other")) continue;
        const stem = key.replace(PLURAL, "");
        for (const form of forms) expect(all.has(`${stem}_${form}`), `${stem}_${form}`).toBe(true);
      }
    }
  });

  it("fill the same holes", () => {
    const english = keys(en);
    for (const [key, text] of keys(ru)) {
      const same = english.get(key) ?? english.get(key.replace(PLURAL, "_other"));
      expect(holes(text), key).toEqual(holes(same ?? ""));
    }
  });

  it("bends Russian words by number", () => {
    const t = i18n.getFixedT("ru");
    expect(t("queue.count", { count: 1 })).toBe("1 комментарий");
    expect(t("queue.count", { count: 3 })).toBe("3 комментария");
    expect(t("queue.count", { count: 11 })).toBe("11 комментариев");
    expect(t("queue.count", { count: 21 })).toBe("21 комментарий");
    expect(i18n.getFixedT("en")("queue.count", { count: 1 })).toBe("1 comment");
  });

  it("follows the system's language when it is one of ours", () => {
    expect(resolveLanguage("system", ["kk-KZ", "ru-RU"])).toBe("ru");
    expect(resolveLanguage("system", ["pt-PT"])).toBe("en");
    expect(resolveLanguage("ru", ["en-GB"])).toBe("ru");
  });
});
