import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { detailOf, open, QUESTION, ready, spoken } from "@/test/inbox";
import { openWindow } from "@/test/openWindow";

describe("the focus comes back", () => {
  it.each([
    ["?", "shortcut-sheet"],
    ["{Control>}k{/Control}", "palette"],
    ["s", "snooze-menu"],
  ])("to the row after Escape from what %s opens", async (keys, testid) => {
    const window = await ready(openWindow());
    await open(window, QUESTION);
    window.selected().focus();
    await window.user.keyboard(keys);
    await screen.findByTestId(testid);
    await window.user.keyboard("{Escape}");
    await waitFor(() => {
      expect(screen.queryByTestId(testid)).not.toBeInTheDocument();
    });
    await waitFor(() => {
      expect(window.selected()).toHaveFocus();
    });
  });

  it("to the editor when the palette was opened from it", async () => {
    const window = await ready(openWindow());
    await open(window, QUESTION);
    await window.user.keyboard("e");
    await window.user.keyboard("{Control>}k{/Control}");
    await screen.findByTestId("palette");
    await window.user.keyboard("{Escape}");
    await waitFor(() => {
      expect(screen.getByTestId("draft-editor")).toHaveFocus();
    });
  });

  it("to the button that opened the resume dialog", async () => {
    const window = await ready(openWindow());
    await window.user.click(screen.getByTestId("sending-toggle"));
    await screen.findByRole("group", { name: "Sending is off" });
    await window.user.click(screen.getByTestId("sending-toggle"));
    await screen.findByTestId("resume-dialog");
    await window.user.keyboard("{Escape}");
    await waitFor(() => {
      expect(screen.getByTestId("sending-toggle")).toHaveFocus();
    });
  });
});

describe("search", () => {
  it.each(["{Enter}", "{ArrowDown}"])("is left for the row found with %s", async (key) => {
    const window = await ready(openWindow());
    await window.user.keyboard("/");
    await waitFor(() => {
      expect(screen.getByTestId("search")).toHaveFocus();
    });
    await window.user.keyboard(`oxblood one back${key}`);
    await waitFor(() => {
      expect(window.selected()).toHaveFocus();
    });
    expect(window.selected()).toHaveTextContent(/oxblood one back/);
  });

  it("keeps the rows and the open comment until the answer is there, and counts what it found", async () => {
    const window = await ready(openWindow());
    await open(window, QUESTION);
    const id = detailOf();
    const all = window.rows().length;
    window.engine.options.latencyMs = 150;
    await window.user.click(screen.getByTestId("search"));
    await window.user.keyboard("skillet work on induction");
    let least = all;
    await waitFor(() => {
      least = Math.min(least, screen.queryByTestId("comment-list") ? window.rows().length : 0);
      expect(window.rows().length).toBeLessThan(all);
    });
    expect(least, "no skeleton in between").toBeGreaterThan(0);
    expect(detailOf(), "the comment is among what was found").toBe(id);
    expect(Number(screen.getByTestId("list-count").textContent)).toBe(window.rows().length);
  });
});

describe("one at a time", () => {
  it("shows what failed and says it", async () => {
    const window = await ready(openWindow());
    await window.user.keyboard("f");
    const zen = await screen.findByTestId("zen");
    window.engine.failNext("dismiss_comment", "storage_failed", "the disk is full");
    await window.user.keyboard("d");
    const alert = await within(zen).findByRole("alert");
    expect(alert).toHaveTextContent(/not done\. The database cannot take it.*The disk is full\./);
    expect(spoken()).toMatch(/The database cannot take it/);
  });

  it("has no next comment to skip to on the last one", async () => {
    const window = await ready(openWindow());
    const all = window.rows().length;
    await window.user.click(screen.getByTestId("search"));
    await window.user.keyboard("oxblood one back{Enter}");
    await waitFor(() => {
      expect(window.rows().length).toBeLessThan(all);
      expect(window.selected()).toHaveFocus();
    });
    await window.user.keyboard("{End}");
    expect(window.rows().at(-1)).toBe(window.selected());
    expect(screen.getByLabelText("Next comment")).toBeDisabled();
    await window.user.keyboard("f");
    expect(within(await screen.findByTestId("zen")).getByText("Skip").closest("button")).toBeDisabled();
  });
});
