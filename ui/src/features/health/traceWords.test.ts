import { describe, expect, it } from "vitest";
import { i18n } from "@/shared/i18n";
import { detailWords } from "./traceWords";

const RELABELLED = "label_was: praise · label: complaint · confidence: 0.82 · corrections: 3 · stage: to_draft";

describe("the words of a trace", () => {
  it("tell what a label was before corrections changed it", () => {
    expect(detailWords(i18n.getFixedT("en"), RELABELLED, "en")).toBe("was: Praise · Complaint · 82% · corrections: 3 · stage: to_draft");
    expect(detailWords(i18n.getFixedT("ru"), RELABELLED, "ru").replace(/\s/gu, " ")).toBe("было: Похвала · Жалоба · 82 % · исправлений: 3 · этап: to_draft");
  });

  it("leave a value that says enough alone without its name", () => {
    expect(detailWords(i18n.getFixedT("en"), "label: praise", "en")).toBe("Praise");
  });
});
