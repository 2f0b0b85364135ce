import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { detailOf, ready, spoken } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";

const EARN = /Earn 3,000 a week/;

type Opened = ReturnType<typeof openWindow>;

const chip = (row: HTMLElement) => within(row).queryByTestId("alike");

/** Opens the row that stands for four that wait; ten say it in all. It came first, so it is far down. */
async function campaign(): Promise<Opened> {
  const window = await ready(openWindow({ count: 320, holdSeconds: 60 }));
  await waitFor(async () => {
    await window.user.keyboard("{End}");
    expect(Number(window.selected().getAttribute("aria-posinset"))).toBeGreaterThan(100);
  });
  for (let up = 0; up < 40 && !chip(window.selected()); up += 1) await window.user.keyboard("k");
  expect(chip(window.selected())).toHaveTextContent("4 alike");
  expect(window.selected()).toHaveTextContent(EARN);
  await screen.findByTestId("campaign");
  return window;
}

const members = (window: Opened) => [...window.engine.comments.values()].filter((each) => each.campaign === 1);
const held = (window: Opened) => window.engine.actions.filter((action) => action.state === "held");
const byPerson = (window: Opened) => members(window).filter(({ row }) => row.labels[0]?.by_person);

describe("a campaign", () => {
  it("is one row, and its card says how many there are and who they are", async () => {
    const window = await campaign();
    expect(window.selected().getAttribute("aria-label")).toMatch(/, Spam, 4 alike: Earn/);
    expect(window.rows().filter(chip)).toHaveLength(1);
    const card = screen.getByTestId("campaign");
    expect(card).toHaveTextContent("10 comments say the same");
    expect(card).toHaveTextContent("6 not waiting");
    expect(within(card).getAllByTestId("campaign-row")).toHaveLength(4);
    await expectAccessible();
  });

  it("is hidden at one stroke, and one undo brings it back as one row", async () => {
    const window = await campaign();
    const first = detailOf();
    const before = window.count("needs_review");
    await window.user.click(screen.getByTestId("alike-hide"));
    await waitFor(() => {
      expect(screen.getByTestId("notice")).toHaveTextContent("4 on their way to hidden");
    });
    expect(held(window)).toHaveLength(4);
    expect(window.count("needs_review")).toBe(before - 4);
    expect(window.rows().filter(chip)).toHaveLength(0);
    await window.user.keyboard("z");
    await waitFor(() => {
      expect(spoken()).toMatch(/^4 taken back/);
    });
    expect(held(window)).toHaveLength(0);
    await waitFor(() => {
      expect(window.count("needs_review")).toBe(before);
      expect(detailOf()).toBe(first);
      expect(chip(window.selected())).toHaveTextContent("4 alike");
    });
  });

  it("is marked as spam where it stands, and one undo takes the labels back", async () => {
    const window = await campaign();
    const first = detailOf();
    await window.user.click(screen.getByTestId("alike-spam"));
    await waitFor(() => {
      expect(screen.getByTestId("notice")).toHaveTextContent("4 marked as spam");
    });
    expect(byPerson(window)).toHaveLength(4);
    expect(detailOf()).toBe(first);
    expect(chip(window.selected())).toHaveTextContent("4 alike");
    await waitFor(() => {
      expect(screen.queryByTestId("alike-spam"), "nothing is left to mark").not.toBeInTheDocument();
    });
    await window.user.keyboard("z");
    await waitFor(() => {
      expect(spoken()).toMatch(/^4 taken back/);
    });
    expect(byPerson(window)).toHaveLength(0);
  });

  it("is shown one by one where one searches", async () => {
    const window = await campaign();
    await window.user.click(screen.getByTestId("search"));
    await window.user.keyboard("Earn 3,000");
    await waitFor(() => {
      expect(window.rows().filter(chip)).toHaveLength(4);
    });
    expect(window.rows()).toHaveLength(4);
  });

  it("goes on with the others when one of them is done", async () => {
    const window = await campaign();
    const [first, second] = members(window).filter(({ stage }) => stage === "to_review");
    await window.user.click(screen.getAllByTestId("campaign-row")[1] as HTMLElement);
    await waitFor(() => {
      expect(detailOf()).toBe(second?.row.id);
    });
    await window.user.keyboard("d");
    await waitFor(() => {
      expect(detailOf()).toBe(first?.row.id);
      expect(chip(window.selected())).toHaveTextContent("3 alike");
    });
    expect(second?.stage).toBe("done");
    await window.user.keyboard("d");
    await waitFor(() => {
      expect(first?.stage).toBe("done");
    });
    // The next stands for the rest. It came later, so it is further up.
    await waitFor(async () => {
      await window.user.keyboard("k");
      expect(chip(window.selected())).toHaveTextContent("2 alike");
    });
    expect(screen.queryByTestId("new-pill"), "it is nothing new").not.toBeInTheDocument();
  });

  it("is counted honestly when one of it fails, and that one comes back", async () => {
    const window = await campaign();
    const first = detailOf();
    window.engine.failNext("hide_comment", "storage_failed", "the disk is full");
    await window.user.click(screen.getByTestId("alike-hide"));
    await waitFor(() => {
      expect(spoken()).toMatch(/^3 on their way to hidden\. 1 could not be done/);
    });
    expect(held(window)).toHaveLength(3);
    expect(members(window).find(({ row }) => row.id === first)?.stage).toBe("to_review");
    await window.user.click(screen.getByRole("button", { name: "Show" }));
    await waitFor(() => {
      expect(detailOf()).toBe(first);
      expect(window.selected()).toHaveTextContent(EARN);
    });
  });
});
