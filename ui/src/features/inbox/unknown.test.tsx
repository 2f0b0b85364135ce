import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { detailOf, ready } from "@/test/inbox";
import { openWindow } from "@/test/openWindow";

/** The comment whose reply may be out, shown from the dock. */
async function openUnknown() {
  const window = await ready(openWindow({ state: "busy" }));
  const { engine, user } = window;
  const action = (await engine.call("list_outbox", null)).live.find((each) => each.state === "unknown");
  if (!action) throw new Error("no outcome is unknown");
  await user.click(within(await screen.findByTestId("unknown-notice")).getByRole("button", { name: "Show" }));
  await waitFor(() => {
    expect(detailOf()).toBe(action.comment_id);
  });
  await screen.findByText(/1 look could not tell/);
  const state = async () => (await engine.call("get_comment", { comment_id: action.comment_id, version: 0 })).actions.find((each) => each.id === action.id)?.state;
  return { ...window, state };
}

describe("an outcome that nobody knows", () => {
  it("is shown from the dock, with the times of the request and the next look", async () => {
    await openUnknown();
    const history = screen.getByRole("region", { name: "What happened" });
    expect(history).toHaveTextContent("No answer from the platform");
    expect(history).toHaveTextContent(/next look in \d+ s/);
    expect(history).toHaveTextContent(/For \d+ s more the request may still arrive/);
    expect(screen.getByTestId("send-again"), "nothing is sent twice on a guess").toHaveAttribute("aria-disabled", "true");
    expect(screen.getByTestId("act-giveUp"), "nor given up while it may arrive").toHaveAttribute("aria-disabled", "true");
    expect(screen.queryByTestId("unknown-notice"), "the card is on the screen already").not.toBeInTheDocument();
  });

  it("is looked for now when a person asks, and stays what it is while nobody can tell", async () => {
    const { user, state } = await openUnknown();
    await user.click(screen.getByTestId("look-now"));
    expect(await screen.findByText(/2 looks could not tell/)).toBeInTheDocument();
    expect(screen.getByText(/not on the platform yet/i)).toBeInTheDocument();
    expect(await state()).toBe("unknown");
  });

  it("is sent again by a person only once the request can arrive no longer", async () => {
    const { user, pass, engine, state } = await openUnknown();
    await user.click(screen.getByTestId("send-again"));
    expect(await state(), "it is off").toBe("unknown");
    pass(120);
    engine.nudge();
    expect(await screen.findByText("The request can arrive no longer")).toBeInTheDocument();
    await user.click(screen.getByTestId("send-again"));
    await waitFor(async () => {
      expect(await state()).toBe("sending");
    });
  });

  it("is a person's to decide when it can be read back nowhere", async () => {
    const window = await ready(openWindow({ state: "busy" }));
    const { engine, user } = window;
    const action = engine.actions.find((each) => each.state === "unknown");
    if (!action) throw new Error("no outcome is unknown");
    action.kind = "private_reply";
    engine.nudge();
    await user.click(within(await screen.findByTestId("unknown-notice")).getByRole("button", { name: "Show" }));
    expect(await screen.findByText(/cannot find out by itself/)).toBeInTheDocument();
    expect(screen.queryByTestId("look-now")).not.toBeInTheDocument();
    expect(screen.getByText("You decide.")).toBeInTheDocument();
    expect(screen.getByTestId("posted")).toHaveClass("btn-primary");
  });

  it("counts as posted when the person sees it there", async () => {
    const { user, state } = await openUnknown();
    await user.click(screen.getByTestId("posted"));
    await waitFor(async () => {
      expect(await state()).toBe("confirmed");
    });
  });

  it("is given up, and the comment is back in review", async () => {
    const { engine, user, pass, state } = await openUnknown();
    const comment = detailOf();
    pass(120);
    engine.nudge();
    await screen.findByText("The request can arrive no longer");
    await user.click(screen.getByTestId("act-giveUp"));
    await waitFor(async () => {
      expect(await state()).toBe("cancelled");
    });
    expect((await engine.call("get_comment", { comment_id: comment, version: 0 })).row.stage).toBe("to_review");
  });

  it("says so when it became known meanwhile", async () => {
    const { engine, user } = await openUnknown();
    engine.failNext("settle_unknown", "moved_on", "its outcome is known by now");
    await user.click(screen.getByTestId("posted"));
    expect(await screen.findByText("Its outcome is known by now.", { exact: false })).toBeInTheDocument();
  });
});

describe("an account that cannot hide", () => {
  it("is offered no hiding: not in the bar, not by its key, not for several", async () => {
    const window = await ready(openWindow());
    const { engine, user } = window;
    const card = (await engine.call("list_accounts", null)).accounts[0];
    if (!card?.capabilities) throw new Error("there is no account that was reached");
    expect(screen.getByTestId("act-hide")).toBeInTheDocument();
    engine.changeAccount(card.id, { capabilities: { ...card.capabilities, can_hide: null } });
    await waitFor(() => {
      expect(screen.queryByTestId("act-hide")).not.toBeInTheDocument();
    });
    const before = detailOf();
    await user.keyboard("h");
    expect((await engine.call("list_outbox", null)).live).toEqual([]);
    expect(detailOf()).toBe(before);
  });
});
