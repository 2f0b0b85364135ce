import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { detailOf, open, QUESTION, ready } from "@/test/inbox";
import { openWindow } from "@/test/openWindow";

describe("what went wrong", () => {
  it("is counted beside the queues, and each refused reply can be reached", async () => {
    const window = await ready(openWindow({ quarantined: 2 }));
    expect(screen.queryByTestId("failed-actions")).not.toBeInTheDocument();
    await open(window, QUESTION);
    const id = detailOf();
    await window.user.keyboard("a");
    await screen.findByTestId("outbox-notice");
    const action = window.engine.actions.at(-1);
    act(() => {
      if (action) window.engine.refuseReply(action, "refused by the platform (code 10)");
    });
    await window.user.click(window.rows().at(-1) as HTMLElement);
    await window.user.click(await screen.findByTestId("failed-actions"));
    await waitFor(() => {
      expect(detailOf()).toBe(id);
    });
    expect(screen.getByTestId("detail")).toHaveTextContent(/Not done: Reply/);

    await window.user.click(screen.getByTestId("quarantined"));
    expect(await screen.findByRole("dialog", { name: "Could not be read" })).toHaveTextContent(/2 elements could not be read/);
  });

  it("is told in Russian, with the engine's English behind a disclosure", async () => {
    const window = await ready(openWindow({ settings: { language: "ru" } }));
    window.engine.failNext("dismiss_comment", "storage_failed", "the disk is full");
    await window.user.keyboard("d");
    const alert = await screen.findByRole("alert");
    expect(within(alert).getByText(/База данных не принимает записи/)).toBeInTheDocument();
    const said = within(alert).getByText("The disk is full.");
    expect(said.closest("details")).not.toHaveAttribute("open");
    expect(said).toHaveAttribute("lang", "en");
  });
});

describe("an unknown outcome", () => {
  it("shows what was sent and what is being read, and offers no second send before that", async () => {
    const window = await ready(openWindow({ state: "busy" }));
    await window.user.click(screen.getByTestId("queue-outbox"));
    const history = await screen.findByRole("region", { name: "What happened" });
    await within(history).findByText("Reading the platform");
    expect(within(history).getAllByRole("listitem").map((step) => step.querySelector("p")?.textContent)).toEqual([
      "Approved",
      "Held, state checked again",
      "Sent",
      "No answer from the platform",
      "Reading the platform",
      expect.stringMatching(/^For \d+ s more the request may still arrive$/),
      "Found: marked as posted. Not there: sent again by itself.",
    ]);
    expect(history).toHaveTextContent(/next look in \d+ s/);
    expect(screen.getByTestId("send-again")).toHaveAttribute("aria-disabled", "true");
  });
});

describe("a draft that the guard stopped", () => {
  it("is put right at one stroke, and then looked at by a person", async () => {
    const window = await ready(openWindow());
    await open(window, /Is the lid for the 26 really/);
    const fix = screen.getByTestId("fixAll");
    expect(fix).toHaveTextContent("Fix all 3");
    await window.user.click(fix);
    await waitFor(() => {
      expect(screen.getByTestId("guard")).toHaveAttribute("data-guard", "passed");
    });
    const editor = screen.getByTestId<HTMLTextAreaElement>("draft-editor");
    expect(editor.value).toMatch(/the Lid 26 is €24\. If it is sold out, ask, they stock it too\.$/);
    expect(editor).toHaveFocus();
    expect(window.engine.actions.filter((action) => action.state === "held"), "nothing is sent by it").toEqual([]);
  });
});

describe("rows far down the list", () => {
  it("change when the engine names one of them, and only their page is read again", async () => {
    // The first page, then pages of 200: the list is longer than what is read again after each change.
    const window = await ready(openWindow({ count: 700 }));
    await waitFor(
      async () => {
        await window.user.keyboard("{End}");
        expect(Number(window.selected().getAttribute("aria-posinset"))).toBeGreaterThan(260);
      },
      { timeout: 30_000 },
    );
    const id = detailOf();
    const comment = window.engine.comments.get(id);
    const call = vi.spyOn(window.engine, "call");
    await act(() => window.engine.call("correct_label", { comment_id: id, version: comment?.row.version ?? 0, label: "spam" }));
    await waitFor(() => {
      expect(within(window.selected()).getByText("Spam")).toBeInTheDocument();
    });
    const deep = call.mock.calls.filter(([name, request]) => name === "list_comments" && (request as { after: string | null }).after !== null);
    expect(deep, "one page of the far ones").toHaveLength(1);
  });
});
