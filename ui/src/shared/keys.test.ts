import { describe, expect, it } from "vitest";
import { isApproveFromEditor, isEditable, isStopSending, keyOf } from "./keys";

const press = (key: string, code: string, shiftKey = false) => keyOf({ key, code, shiftKey });

describe("keys", () => {
  it("reads a Latin letter as itself wherever the layout puts it", () => {
    expect(press("a", "KeyQ"), "AZERTY prints a on the Q key").toBe("a");
    expect(press("J", "KeyJ", true)).toBe("j");
  });

  it("reads a key of a Russian layout by its place", () => {
    expect(press("о", "KeyJ")).toBe("j");
    expect(press("ф", "KeyA")).toBe("a");
    expect(press("я", "KeyZ")).toBe("z");
    expect(press(".", "Slash"), "the Russian full stop is where / is").toBe("/");
    expect(press(",", "Slash", true)).toBe("?");
  });

  it("keeps signs and digits that the layout gives directly", () => {
    expect(press("!", "Digit1", true)).toBe("!");
    expect(press("?", "Digit7", true), "Russian Shift+7").toBe("?");
    expect(press("4", "Digit4")).toBe("4");
    expect(press("Enter", "Enter")).toBe("Enter");
  });

  it("knows the stop shortcut on both layouts", () => {
    const stop = { ctrlKey: true, shiftKey: true };
    expect(isStopSending(new KeyboardEvent("keydown", { ...stop, key: ">", code: "Period" }))).toBe(true);
    expect(isStopSending(new KeyboardEvent("keydown", { ...stop, key: "Ю", code: "Period" }))).toBe(true);
    expect(isStopSending(new KeyboardEvent("keydown", { key: ".", code: "Period" }))).toBe(false);
  });

  it("takes Ctrl and Command with Enter alike", () => {
    expect(isApproveFromEditor({ key: "Enter", ctrlKey: false, metaKey: true })).toBe(true);
    expect(isApproveFromEditor({ key: "Enter", ctrlKey: false, metaKey: false })).toBe(false);
  });

  it("leaves letters to fields", () => {
    expect(isEditable(document.createElement("textarea"))).toBe(true);
    expect(isEditable(document.createElement("button"))).toBe(false);
  });
});
