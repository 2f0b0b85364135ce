import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { detailOf, open, QUESTION, ready, spoken } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";

/** The first seven rows: five with a draft that may go, a second complaint, and one that the guard stopped. */
async function pickSeven(window: ReturnType<typeof openWindow>) {
  await window.user.click(window.rows()[0] as HTMLElement);
  await window.user.keyboard("xjjjjjj{Shift>}x{/Shift}");
  await waitFor(() => {
    expect(screen.getByTestId("bulk-approve")).toHaveTextContent("Approve 5");
  });
}

describe("several comments", () => {
  it("are picked with x and Shift+x, and the preview says what goes out and why the rest stays", async () => {
    const window = await ready(openWindow());
    await pickSeven(window);
    expect(window.rows().filter((row) => row.getAttribute("aria-checked") === "true")).toHaveLength(7);
    const pane = screen.getByTestId("picked-pane");
    expect(within(pane).getByText("A person answers this one by itself.")).toBeInTheDocument();
    expect(within(pane).getByText("The guard stopped the draft.")).toBeInTheDocument();
    await expectAccessible();
    await window.user.keyboard("{Escape}");
    expect(screen.queryByTestId("picked-bar")).not.toBeInTheDocument();
    expect(window.selected()).toHaveFocus();
  });

  it("are approved one by one, and one undo takes all of them back", async () => {
    const window = await ready(openWindow({ holdSeconds: 60 }));
    const before = window.count("needs_review");
    await pickSeven(window);
    await window.user.keyboard("a");
    await screen.findByTestId("undo-notice");
    expect(screen.getByTestId("notice")).toHaveTextContent("5 approved");
    const held = () => window.engine.actions.filter((action) => action.state === "held");
    expect(held()).toHaveLength(5);
    expect(window.count("needs_review")).toBe(before - 5);
    await window.user.keyboard("z");
    await waitFor(() => {
      expect(spoken()).toMatch(/^5 taken back/);
    });
    expect(held()).toHaveLength(0);
    await waitFor(() => {
      expect(window.count("needs_review")).toBe(before);
    });
  });

  it("are counted honestly when one of them fails, and that one comes back", async () => {
    const window = await ready(openWindow());
    await window.user.click(window.rows()[0] as HTMLElement);
    const first = detailOf();
    const done = window.count("done");
    await window.user.keyboard("xjxjx");
    await screen.findByTestId("picked-bar");
    window.engine.failNext("dismiss_comment", "storage_failed", "the disk is full");
    await window.user.keyboard("d");
    await screen.findByTestId("undo-notice");
    expect(spoken()).toMatch(/^2 done without a reply\. 1 could not be done/);
    expect(screen.getByRole("alert")).toHaveTextContent(/1 could not be done/);
    await waitFor(() => {
      expect(screen.getByTestId(`row-${String(first)}`)).toBeInTheDocument();
    });
    await window.user.keyboard("z");
    await waitFor(() => {
      expect(spoken()).toMatch(/^2 taken back/);
    });
    await waitFor(() => {
      expect(window.count("done")).toBe(done);
    });
  });

  it("leave single letters that act on one card alone", async () => {
    const window = await ready(openWindow());
    await open(window, QUESTION);
    const id = detailOf();
    const labels = window.engine.comments.get(id)?.row.labels;
    await window.user.keyboard("x");
    await screen.findByTestId("picked-bar");
    await window.user.keyboard("1!");
    expect(window.engine.comments.get(id)?.row.labels).toEqual(labels);
    expect(window.engine.comments.get(id)?.stage).toBe("to_review");
  });
});

describe("g and then a letter", () => {
  it("goes to the inbox, and a letter that names no screen acts on nothing", async () => {
    const window = await ready(openWindow());
    await window.user.keyboard("f");
    await screen.findByTestId("zen");
    await window.user.keyboard("gi");
    expect(await screen.findByTestId("comment-list")).toBeInTheDocument();
    const done = window.count("done");
    await window.user.keyboard("gd");
    expect(window.count("done")).toBe(done);
  });
});

describe("the palette", () => {
  it("sets a label, undoes, and takes an escalated comment back to review", async () => {
    const window = await ready(openWindow());
    await open(window, QUESTION);
    const id = detailOf();
    const palette = async (words: string) => {
      await window.user.keyboard("{Control>}k{/Control}");
      await screen.findByTestId("palette");
      await window.user.keyboard(`${words}{Enter}`);
    };
    await palette("label: spam");
    await waitFor(() => {
      expect(window.engine.comments.get(id)?.row.labels[0]).toMatchObject({ label: "spam", by_person: true });
    });
    await palette("undo the last");
    await waitFor(() => {
      expect(window.engine.comments.get(id)?.row.labels[0]?.label).toBe("question");
    });
    await window.user.click(screen.getByTestId("queue-escalated"));
    await waitFor(() => {
      expect(screen.getByTestId("detail").dataset.stage).toBe("escalated");
    });
    const escalated = detailOf();
    await palette("back to review");
    await waitFor(() => {
      expect(window.engine.comments.get(escalated)?.stage).toBe("to_review");
    });
  });
});
