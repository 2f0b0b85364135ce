import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { CapabilitiesView } from "@/contract/contract";
import { detailOf, open, QUESTION, ready, spoken } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";

type Opened = Awaited<ReturnType<typeof start>>;

/** A question of the sample is open, on a platform that can do this besides what Instagram can. */
async function start(can: Partial<CapabilitiesView> = {}, options: Parameters<typeof openWindow>[0] = {}) {
  const window = await ready(openWindow({ holdSeconds: 60, ...options }));
  const card = (await window.engine.call("list_accounts", null)).accounts[0];
  if (!card?.capabilities) throw new Error("there is no account that was reached");
  window.engine.changeAccount(card.id, { capabilities: { ...card.capabilities, ...can } });
  await open(window, QUESTION);
  return { ...window, account: card.id };
}

const menuButton = () => screen.getByTestId("detail-more");

async function openMenu({ user }: Pick<Opened, "user">) {
  menuButton().focus();
  await user.keyboard("{Enter}");
  return screen.findByRole("menu");
}

/** Waits until the menu offers exactly this, in this order. */
async function expectOffers(words: string[]) {
  await waitFor(() => {
    expect([...screen.getByRole("menu").querySelectorAll('[data-testid^="more-"][role="menuitem"]')].map((item) => item.textContent)).toEqual(words);
  });
}

async function choose(window: Pick<Opened, "user">, act: string) {
  await openMenu(window);
  await window.user.click(await screen.findByTestId(`more-${act}`));
}

const actionsOf = (window: Pick<Opened, "engine">, comment: number) => window.engine.actions.filter((action) => action.comment_id === comment);

/** A comment that was answered is open in Done. */
async function openAnswered(window: Opened) {
  const { engine, user } = window;
  await user.click(screen.getByTestId("queue-done"));
  await waitFor(() => {
    expect(screen.getByTestId("detail").dataset.stage).toBe("done");
  });
  const answered = engine.actions.filter((action) => action.kind === "reply" && action.state === "confirmed").map((action) => action.comment_id);
  const said = answered.map((id) => engine.comments.get(id)?.row.text ?? "");
  const row = window.rows().find((each) => said.some((text) => text !== "" && each.textContent.includes(text)));
  if (!row) throw new Error("no answered comment is in sight");
  await user.click(row);
  await waitFor(() => {
    expect(answered).toContain(detailOf());
  });
  const comment = detailOf();
  const reply = engine.actions.find((action) => action.comment_id === comment && action.kind === "reply");
  if (!reply?.text) throw new Error("there is no reply");
  return { comment, reply, text: reply.text };
}

describe("what else can be done", () => {
  it("is what the platform allows, and nothing else", async () => {
    const window = await start();
    await openMenu(window);
    await expectOffers(["Reply privately…", "Delete…"]);
    await expectAccessible(screen.getByRole("menu"));
    const { capabilities } = (await window.engine.call("list_accounts", null)).accounts[0] ?? {};
    if (!capabilities) throw new Error("the account has no capabilities");
    window.engine.changeAccount(window.account, { capabilities: { ...capabilities, can_private_reply: false, can_ban: true, can_delete_others: { by: "reject", irreversible: true } } });
    await expectOffers(["Reject…", "Ban the author…"]);
    window.engine.changeAccount(window.account, { capabilities: { ...capabilities, can_private_reply: false, can_delete_others: { by: "none" } } });
    await expectOffers([]);
    expect(await screen.findByText("The platform allows nothing more here now.")).toBeInTheDocument();
  });

  it("is in the palette too", async () => {
    const window = await start({ can_ban: true });
    await window.user.keyboard("{Control>}k{/Control}");
    const palette = await screen.findByTestId("palette");
    await within(palette).findByText("Ban the author…");
    expect(within(palette).getByText("Delete…")).toBeInTheDocument();
    expect(within(palette).queryByText("Change our reply…"), "there is no reply yet").not.toBeInTheDocument();
    await window.user.keyboard("Ban the author{Enter}");
    expect(await screen.findByRole("alertdialog")).toHaveTextContent(/^Ban /);
  });

  it("says when it could not be asked for, and asks again", async () => {
    const window = await ready(openWindow());
    window.engine.failNext("get_options", "storage_failed", "the disk reports an error");
    await open(window, QUESTION);
    await openMenu(window);
    expect(await screen.findByText("What the platform allows could not be read.")).toBeInTheDocument();
    await window.user.click(screen.getByTestId("more-retry"));
    await expectOffers(["Reply privately…", "Delete…"]);
  });

  it("waits while the comment is in the outbox", async () => {
    const window = await start();
    const comment = detailOf();
    await window.user.keyboard("a");
    await screen.findByTestId("outbox-notice");
    await window.user.click(screen.getByTestId("queue-outbox"));
    await waitFor(() => {
      expect(detailOf()).toBe(comment);
    });
    await openMenu(window);
    await expectOffers([]);
    expect(screen.getByTestId("more-note")).toHaveTextContent("is in the outbox");
  });
});

describe("deleting and banning", () => {
  it("says plainly that it cannot be taken back, and does nothing before it is confirmed", async () => {
    const window = await start();
    const comment = detailOf();
    const call = vi.spyOn(window.engine, "call");
    await choose(window, "delete");
    const dialog = await screen.findByRole("alertdialog");
    expect(dialog).toHaveTextContent("The comment ceases to exist on Instagram. Once it is done, this cannot be taken back.");
    expect(dialog).toHaveTextContent("It waits 60 seconds in the outbox. Until then it can be undone.");
    await expectAccessible(dialog);
    expect(call.mock.calls.some(([name]) => name === "delete_comment")).toBe(false);
    await window.user.click(screen.getByTestId("confirm-act-go"));
    expect(await screen.findByTestId("outbox-notice")).toHaveTextContent("Delete the comment of");
    expect(actionsOf(window, comment)).toMatchObject([{ kind: "delete", state: "held" }]);
    expect(detailOf(), "the next comment is shown").not.toBe(comment);

    await window.user.click(screen.getByTestId("undo"));
    await waitFor(() => {
      expect(actionsOf(window, comment)).toMatchObject([{ kind: "delete", state: "cancelled" }]);
    });
    expect(window.engine.comments.get(comment)?.stage).toBe("to_review");
  });

  it("is left by Escape, with the focus where it was", async () => {
    const window = await start({ can_ban: true });
    const comment = detailOf();
    await choose(window, "ban");
    const dialog = await screen.findByRole("alertdialog");
    expect(dialog).toHaveTextContent("a ban can be lifted only on Instagram itself");
    await window.user.keyboard("{Escape}");
    await waitFor(() => {
      expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument();
    });
    await waitFor(() => {
      expect(menuButton()).toHaveFocus();
    });
    expect(actionsOf(window, comment)).toEqual([]);
    expect(detailOf()).toBe(comment);
  });

  it("names rejecting for what it is, and is undone by z", async () => {
    const window = await start({ can_delete_others: { by: "reject", irreversible: true } });
    const comment = detailOf();
    await choose(window, "delete");
    const dialog = await screen.findByRole("alertdialog");
    expect(dialog).toHaveTextContent("it cannot be published again");
    expect(dialog).not.toHaveTextContent("ceases to exist");
    await window.user.click(within(dialog).getByRole("button", { name: "Reject the comment" }));
    await screen.findByTestId("outbox-notice");
    await window.user.keyboard("z");
    await waitFor(() => {
      expect(spoken()).toBe("Taken back: removing it");
    });
    expect(window.engine.comments.get(comment)?.stage).toBe("to_review");
  });

  it("bans once confirmed, and offers it no more afterwards", async () => {
    const window = await start({ can_ban: true });
    const comment = detailOf();
    await choose(window, "ban");
    await window.user.click(await screen.findByTestId("confirm-act-go"));
    await screen.findByTestId("outbox-notice");
    window.pass(61);
    window.pass(2);
    expect(actionsOf(window, comment)).toMatchObject([{ kind: "ban", state: "confirmed" }]);
    await window.user.click(screen.getByTestId("queue-all"));
    await open(window, QUESTION);
    expect(detailOf()).toBe(comment);
    await openMenu(window);
    await expectOffers(["Reply privately…"]);
  });
});

describe("a private reply", () => {
  it("is written with its limit and its time, and is possible once", async () => {
    const window = await start();
    const comment = detailOf();
    await choose(window, "private");
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent(/It can be sent once for this comment, until .+\d/);
    expect(screen.getByTestId("write-act-text")).toHaveFocus();
    expect(screen.getByTestId("write-act-go"), "it is empty").toHaveAttribute("aria-disabled", "true");
    await expectAccessible(dialog);
    await window.user.keyboard("Please write to us.");
    expect(screen.getByTestId("write-act-length")).toHaveTextContent("19 / 2,200");
    await window.user.keyboard("{Control>}{Enter}{/Control}");
    expect(await screen.findByTestId("outbox-notice")).toHaveTextContent("in private");
    expect(screen.queryByTestId("write-act")).not.toBeInTheDocument();
    expect(actionsOf(window, comment)).toMatchObject([{ kind: "private_reply", state: "held", text: "Please write to us." }]);

    window.pass(61);
    window.pass(2);
    await window.user.click(screen.getByTestId("queue-all"));
    await open(window, QUESTION);
    expect(detailOf()).toBe(comment);
    await openMenu(window);
    await expectOffers(["Delete…"]);
    expect(screen.getByTestId("more-note")).toHaveTextContent("Answered in private already");
  });

  it("is held back by the guard, which marks the claim", async () => {
    const window = await start();
    const comment = detailOf();
    await choose(window, "private");
    await window.user.type(await screen.findByTestId("write-act-text"), "It costs €3.");
    const dialog = screen.getByTestId("write-act");
    expect(await within(dialog).findByText(/“€3” is in no source/)).toBeInTheDocument();
    await window.user.click(screen.getByTestId("write-act-go"));
    expect(actionsOf(window, comment)).toEqual([]);
  });

  it("shows what the engine's guard found when it is the first to look", async () => {
    const window = await start();
    await choose(window, "private");
    await screen.findByTestId("write-act-text");
    await window.user.keyboard("It costs €3.{Control>}{Enter}{/Control}");
    expect(await within(screen.getByTestId("write-act")).findByText(/“€3” is in no source/)).toBeInTheDocument();
    expect(screen.getByTestId("write-act-text")).toHaveValue("It costs €3.");
  });

  it("keeps the words when it is refused, and when it is left", async () => {
    const window = await start();
    await choose(window, "private");
    await screen.findByTestId("write-act-text");
    window.engine.failNext("reply_privately", "invalid", "a private reply is possible within seven days of the comment");
    await window.user.keyboard("Please write to us.");
    await window.user.click(screen.getByTestId("write-act-go"));
    expect(await screen.findByRole("alert")).toHaveTextContent("A private reply is possible within seven days of the comment. Nothing was sent.");
    expect(screen.getByTestId("write-act-text")).toHaveValue("Please write to us.");
    await window.user.keyboard("{Escape}");
    await waitFor(() => {
      expect(screen.queryByTestId("write-act")).not.toBeInTheDocument();
    });
    await waitFor(() => {
      expect(menuButton()).toHaveFocus();
    });
    await choose(window, "private");
    expect(await screen.findByTestId("write-act-text")).toHaveValue("Please write to us.");
  });

  it("is not offered once its time is over", async () => {
    const window = await start();
    window.pass(8 * 24 * 3_600);
    window.engine.changeAccount(window.account, {});
    await openMenu(window);
    await expectOffers(["Delete…"]);
  });
});

describe("our reply that stands there", () => {
  it("is changed in place where the platform can", async () => {
    const window = await start({ can_edit_own_reply: true });
    const { comment, reply, text } = await openAnswered(window);
    await choose(window, "change");
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("This changes the reply where it stands.");
    expect(screen.getByTestId("write-act-text")).toHaveValue(text);
    expect(dialog).toHaveTextContent("Nothing is changed yet.");
    expect(screen.getByTestId("write-act-go")).toHaveAttribute("aria-disabled", "true");
    await window.user.keyboard(" Thank you!");
    await window.user.click(screen.getByTestId("write-act-go"));
    await screen.findByTestId("outbox-notice");
    expect(actionsOf(window, comment).at(-1)).toMatchObject({ kind: "edit_reply", state: "held", text: `${text} Thank you!` });
    window.pass(61);
    window.pass(2);
    expect(reply.text).toBe(`${text} Thank you!`);
  });

  it("is replaced by a new one where it cannot, and says so", async () => {
    const window = await start();
    const { comment, text } = await openAnswered(window);
    await choose(window, "change");
    expect(await screen.findByRole("dialog")).toHaveTextContent("this sends a new reply and removes the old one");
    await window.user.keyboard(" Thank you!");
    await window.user.click(screen.getByTestId("write-act-go"));
    await screen.findByTestId("outbox-notice");
    expect(actionsOf(window, comment).at(-1)).toMatchObject({ kind: "reply", state: "held", text: `${text} Thank you!` });
  });

  it("is taken back once that is confirmed, and can then neither be changed nor taken back", async () => {
    const window = await start();
    const { comment, text } = await openAnswered(window);
    await choose(window, "retract");
    const dialog = await screen.findByRole("alertdialog");
    expect(dialog).toHaveTextContent(text);
    expect(dialog).toHaveTextContent("cannot be taken back; a new reply can be written");
    await window.user.keyboard("{Escape}");
    expect(actionsOf(window, comment)).toHaveLength(1);

    await choose(window, "retract");
    await window.user.click(await screen.findByTestId("confirm-act-go"));
    expect(await screen.findByTestId("outbox-notice")).toHaveTextContent("Take back the reply to");
    expect(actionsOf(window, comment).at(-1)).toMatchObject({ kind: "delete_reply", state: "held" });
    window.pass(61);
    window.pass(2);
    const options = await window.engine.call("get_options", { comment_id: comment, version: 0 });
    expect(options.standing_reply).toBeNull();
  });

  it("stays in sight when its change was undone", async () => {
    const window = await start({ can_edit_own_reply: true });
    const { comment, text } = await openAnswered(window);
    await choose(window, "change");
    await screen.findByTestId("write-act-text");
    await window.user.keyboard(" Thank you!");
    await window.user.click(screen.getByTestId("write-act-go"));
    await screen.findByTestId("outbox-notice");
    await window.user.click(screen.getByTestId("undo"));
    await waitFor(() => {
      expect(actionsOf(window, comment).at(-1)?.state).toBe("cancelled");
    });
    await waitFor(() => {
      expect(detailOf()).toBe(comment);
    });
    expect(await screen.findByText(text, { selector: ".locked-text" })).toBeInTheDocument();
  });
});
