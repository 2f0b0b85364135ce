import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { ActionState, CapabilitiesView, PostRefusal } from "@/contract/contract";
import { i18n } from "@/shared/i18n";
import { open, QUESTION, ready, spoken } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";

type Opened = Awaited<ReturnType<typeof start>>;

const POST = 1;
/** A comment under a post of which the platform has not said whether it takes comments. */
const UNSAID = /Your site says 64/;
const WORDS = "The winners are in our story";

/** A question under the first post is open, on a platform that can do this besides what Instagram can. */
async function start(can: Partial<CapabilitiesView> = {}, options: Parameters<typeof openWindow>[0] = {}) {
  const window = await ready(openWindow({ holdSeconds: 60, ...options }));
  const card = (await window.engine.call("list_accounts", null)).accounts[0];
  if (!card?.capabilities) throw new Error("there is no account that was reached");
  // A change is told to the window a moment later, and then it reads the post once more.
  if (Object.keys(can).length > 0) window.engine.changeAccount(card.id, { capabilities: { ...card.capabilities, ...can } });
  await open(window, QUESTION);
  return { ...window, account: card.id };
}

const button = () => screen.getByTestId("post-open");
const panel = () => screen.getByTestId("post-panel");

async function openPanel({ user }: Pick<Opened, "user">) {
  button().focus();
  await user.keyboard("{Enter}");
  await screen.findByTestId("own-comments");
}

const post = async ({ engine }: Pick<Opened, "engine">) => engine.call("get_post", { post_id: POST });
/** The row that shows this comment. */
const own = (words: string) => {
  const row = screen.getAllByTestId("own-comment").find((each) => each.textContent.includes(words));
  if (!row) throw new Error(`no comment of ours says ${words}`);
  return row;
};
const field = () => screen.getByTestId<HTMLTextAreaElement>("post-text");

async function send({ user }: Pick<Opened, "user">, words = WORDS) {
  await user.click(field());
  await user.keyboard(`${words}{Control>}{Enter}{/Control}`);
  await waitFor(() => {
    expect(own(words)).toBeInTheDocument();
  });
}

/** The comment is sent, and the platform takes it in this way. */
async function sendTo(window: Opened, fate: "failed" | "unknown" | "retry_wait") {
  window.engine.postNext(fate);
  await send(window);
  window.pass(60);
  window.pass(2);
  await waitFor(() => {
    expect(own(WORDS).dataset.state).toBe(fate);
  });
}

describe("the panel of a post", () => {
  it("opens by the keyboard with the field ready, and Escape gives the focus back", async () => {
    const window = await start();
    expect(button()).toHaveAttribute("aria-haspopup", "dialog");
    expect(button()).toHaveAccessibleName("Post…");
    await openPanel(window);
    const dialog = screen.getByRole("dialog", { name: "Post" });
    expect(dialog).toHaveTextContent("One pan, five dinners.");
    expect(dialog).toHaveTextContent("@oakmere");
    expect(screen.getByRole("textbox", { name: "Write a comment under this post as @oakmere" })).toHaveFocus();
    await expectAccessible(dialog);
    await window.user.keyboard("{Escape}");
    await waitFor(() => {
      expect(screen.queryByTestId("post-panel")).not.toBeInTheDocument();
    });
    expect(button()).toHaveFocus();
  });

  it("opens from the palette, and single letters do not act under it", async () => {
    const window = await start();
    const before = screen.getByTestId("detail").dataset.comment;
    await window.user.keyboard("{Control>}k{/Control}");
    await within(await screen.findByTestId("palette")).findByText("Post: comment or switch comments");
    await window.user.keyboard("switch comments{Enter}");
    await screen.findByTestId("own-comments");
    screen.getByRole("switch").focus();
    await window.user.keyboard("d");
    expect(screen.getByTestId("detail").dataset.comment).toBe(before);
  });

  it("shows what was posted from here, and says so when nothing was", async () => {
    const window = await start();
    await openPanel(window);
    expect(own("The winners of the skillet draw")).toHaveTextContent(/Posted 3 hr ago/);
    await window.user.keyboard("{Escape}");
    await open(window, UNSAID);
    await openPanel(window);
    expect(panel()).toHaveTextContent("Nothing was written under this post from here yet.");
  });

  it("says when the post could not be read, and reads it again", async () => {
    const window = await start();
    window.engine.failNext("get_post", "storage_failed", "the disk reports an error");
    button().focus();
    await window.user.keyboard("{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("The disk reports an error. Nothing was changed.");
    await window.user.click(within(panel()).getByRole("button", { name: "Try again" }));
    expect(await screen.findByTestId("own-comments")).toBeInTheDocument();
    await waitFor(() => {
      expect(field()).toHaveFocus();
    });
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("offers only what the platform can", async () => {
    const window = await start({ can_switch_comments: false, reply_max_chars: 8_000 });
    await openPanel(window);
    expect(screen.queryByRole("switch")).not.toBeInTheDocument();
    expect(screen.getByTestId("post-length")).toHaveTextContent("0 / 8,000");
    const { capabilities } = (await window.engine.call("list_accounts", null)).accounts[0] ?? {};
    if (!capabilities) throw new Error("the account has no capabilities");
    act(() => {
      window.engine.changeAccount(window.account, { capabilities: { ...capabilities, can_comment_on_post: false } });
    });
    expect(await screen.findByText("This platform lets nothing be done to a post from here.")).toBeInTheDocument();
    expect(screen.queryByTestId("post-text")).not.toBeInTheDocument();
  });
});

describe("a comment under one's own post", () => {
  it("is held with a countdown, and Undo takes it back", async () => {
    const window = await start();
    await openPanel(window);
    await send(window);
    expect(own(WORDS)).toHaveTextContent(/Goes out in (60|59|58) s/);
    expect(field()).toHaveValue("");
    expect(spoken()).toBe("The comment is in the outbox");
    await expectAccessible(panel());
    await window.user.click(within(own(WORDS)).getByRole("button", { name: "Undo" }));
    await waitFor(() => {
      expect(own(WORDS)).toHaveTextContent("Taken back");
    });
    expect(within(own(WORDS)).queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
    await waitFor(() => {
      expect(within(own(WORDS)).getByRole("button", { name: "Write again" })).toHaveFocus();
    });
    window.pass(61);
    window.pass(2);
    expect((await post(window)).own_comments.find((each) => each.text === WORDS)?.state, "it never goes out").toBe("cancelled");
  });

  it("goes out after the hold, and is shown as posted", async () => {
    const window = await start();
    await openPanel(window);
    await send(window);
    window.pass(60);
    await waitFor(() => {
      expect(own(WORDS)).toHaveTextContent("Going out, too late to take it back");
    });
    expect(within(own(WORDS)).queryByRole("button")).not.toBeInTheDocument();
    window.pass(2);
    await waitFor(() => {
      expect(own(WORDS)).toHaveTextContent(/Posted now/);
    });
  });

  it("is not sent when it is empty or too long, and counts what a person sees as one character", async () => {
    const window = await start({ reply_max_chars: 10 });
    const call = vi.spyOn(window.engine, "call");
    await openPanel(window);
    const go = screen.getByTestId("post-send");
    expect(go).toHaveAttribute("aria-disabled", "true");
    fireEvent.change(field(), { target: { value: "🍳".repeat(10) } });
    expect(screen.getByTestId("post-length")).toHaveTextContent("10 / 10");
    expect(go).toHaveAttribute("aria-disabled", "false");
    fireEvent.change(field(), { target: { value: "🍳".repeat(12) } });
    expect(screen.getByTestId("post-foot")).toHaveTextContent("Too long by 2 characters.");
    expect(field()).toBeInvalid();
    await window.user.click(go);
    field().focus();
    await window.user.keyboard("{Control>}{Enter}{/Control}");
    expect(call.mock.calls.some(([name]) => name === "comment_on_post")).toBe(false);
    expect(field()).toHaveValue("🍳".repeat(12));
  });

  it("keeps the words when it is refused, when the panel is left, and when another screen was shown", async () => {
    const window = await start();
    await openPanel(window);
    window.engine.failNext("comment_on_post", "invalid", "the same words are on their way to this post already");
    await window.user.click(field());
    await window.user.keyboard(`${WORDS}{Control>}{Enter}{/Control}`);
    expect(await screen.findByRole("alert")).toHaveTextContent("The same words are on their way to this post already. Nothing was sent. Your text is kept.");
    expect(field()).toHaveValue(WORDS);
    await window.user.keyboard("{Escape}");
    await window.user.click(screen.getByTestId("go-accounts"));
    await screen.findByTestId("accounts");
    await window.user.click(screen.getByTestId("go-inbox"));
    await ready(window);
    await open(window, QUESTION);
    await openPanel(window);
    expect(field()).toHaveValue(WORDS);
  });

  it.each<[PostRefusal, RegExp, (window: Opened) => Promise<void>]>([
    ["sends_nothing", /its mode is Off or Simulate/, async ({ engine, account }) => void (await engine.call("set_account_mode", { account_id: account, mode: "simulate" }))],
    ["account_paused", /The account is paused/, async ({ engine, account }) => void (await engine.call("pause_account", { account_id: account, paused: true }))],
    ["sending_stopped", /Sending is stopped/, async ({ engine }) => void (await engine.call("set_sending", { on: false }))],
  ])("says why nothing can be sent: %s", async (_, words, refuse) => {
    const window = await start();
    await openPanel(window);
    await window.user.keyboard(WORDS);
    const call = vi.spyOn(window.engine, "call");
    await act(() => refuse(window));
    expect(await screen.findByTestId("post-refused")).toHaveTextContent(words);
    expect(field()).toHaveAttribute("aria-disabled", "true");
    expect(field()).toHaveAccessibleDescription(words);
    expect(field(), "what was typed stays").toHaveValue(WORDS);
    field().focus();
    await window.user.keyboard("{Control>}{Enter}{/Control}");
    await window.user.click(screen.getByTestId("post-send"));
    await window.user.click(screen.getByRole("switch"));
    expect(screen.queryByTestId("post-switch-ask")).not.toBeInTheDocument();
    expect(call.mock.calls.some(([name]) => name === "comment_on_post" || name === "set_post_comments")).toBe(false);
    await expectAccessible(panel());
  });

  it("offers neither while the account is not connected, and says so", async () => {
    const window = await start();
    await openPanel(window);
    act(() => {
      window.engine.changeAccount(window.account, { connection: "signed_out" });
    });
    expect(await screen.findByTestId("post-refused")).toHaveTextContent("The account is not connected.");
    expect(screen.queryByTestId("post-text")).not.toBeInTheDocument();
    expect(own("The winners of the skillet draw")).toBeInTheDocument();
  });

  it("waits where the platform refuses it for now, and can be taken back until then", async () => {
    const window = await start();
    await openPanel(window);
    await sendTo(window, "retry_wait");
    expect(own(WORDS)).toHaveTextContent(/The platform said: not now\. Tried again in .*The platform limits this account/);
    await window.user.click(within(own(WORDS)).getByRole("button", { name: "Undo" }));
    await waitFor(() => {
      expect(own(WORDS)).toHaveTextContent("Taken back");
    });
  });

  it("says why it was refused for good, and its words can be written again", async () => {
    const window = await start();
    await openPanel(window);
    await sendTo(window, "failed");
    expect(own(WORDS)).toHaveTextContent(/Not posted.*Refused by the platform \(code 190\): comments on this post are limited\./);
    await window.user.type(field(), "Soon");
    await window.user.click(within(own(WORDS)).getByRole("button", { name: "Write again" }));
    expect(field(), "what was being written stays").toHaveValue(`Soon\n${WORDS}`);
    await waitFor(() => {
      expect(field()).toHaveFocus();
    });
  });

  it.each([
    ["It is there", /Posted now/, "confirmed"],
    ["It is not there", /Not posted/, "failed"],
  ] as const)("has an outcome that nobody heard until a person says: %s", async (answer, shown, state) => {
    const window = await start();
    await openPanel(window);
    await sendTo(window, "unknown");
    const row = own(WORDS);
    expect(row).toHaveTextContent("Not known yet whether it was posted");
    expect(row).toHaveTextContent("Moderato reads the post before anything is sent again.");
    expect(within(row).getAllByRole("button").map((each) => each.textContent)).toEqual(["It is there", "It is not there"]);
    await window.user.click(within(row).getByRole("button", { name: answer }));
    await waitFor(() => {
      expect(own(WORDS)).toHaveTextContent(shown);
    });
    expect((await post(window)).own_comments.find((each) => each.text === WORDS)?.state).toBe(state);
  });

  it("is a person's to look for where the platform shows it to no app", async () => {
    const window = await start({ can_look_again: false });
    await openPanel(window);
    await sendTo(window, "unknown");
    expect(own(WORDS)).toHaveTextContent(/look at the post there.*Nothing is sent again without you\./);
  });

  it("says when it could not be taken back any more", async () => {
    const window = await start();
    await openPanel(window);
    await send(window);
    window.engine.failNext("cancel_own_comment", "moved_on", "it is sending already");
    await window.user.click(within(own(WORDS)).getByRole("button", { name: "Undo" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("It is sending already.");
  });
});

describe("the comments of a post", () => {
  it("are switched off only once that is asked, and on at once", async () => {
    const window = await start();
    await openPanel(window);
    const call = vi.spyOn(window.engine, "call");
    const switched = () => call.mock.calls.filter(([name]) => name === "set_post_comments").map(([, request]) => request);
    const toggle = () => screen.getByRole("switch", { name: "Comments under this post" });
    expect(toggle()).toBeChecked();
    await window.user.click(toggle());
    expect(screen.getByTestId("post-switch-ask")).toHaveTextContent("People can no longer comment under this post. Turn off?");
    expect(within(screen.getByTestId("post-switch-ask")).getByRole("button", { name: "Cancel" })).toHaveFocus();
    await expectAccessible(panel());
    await window.user.keyboard("{Escape}");
    expect(screen.queryByTestId("post-switch-ask")).not.toBeInTheDocument();
    expect(panel(), "only the question is left").toBeInTheDocument();
    expect(toggle()).toHaveFocus();
    expect(switched()).toEqual([]);

    await window.user.keyboard(" ");
    await window.user.click(screen.getByTestId("post-switch-off"));
    await waitFor(() => {
      expect(toggle()).not.toBeChecked();
    });
    expect(screen.getByTestId("post-switch-state")).toHaveTextContent("Off");
    expect(toggle()).toHaveFocus();
    expect(spoken()).toBe("Comments under this post are off");
    await window.user.keyboard(" ");
    await waitFor(() => {
      expect(toggle()).toBeChecked();
    });
    expect(screen.queryByTestId("post-switch-ask")).not.toBeInTheDocument();
    expect(switched()).toEqual([
      { post_id: POST, enabled: false },
      { post_id: POST, enabled: true },
    ]);
  });

  it("show that it is under way, and keep their state when it fails", async () => {
    const window = await start();
    await openPanel(window);
    let answer: () => void = () => undefined;
    const wait = new Promise<void>((done) => {
      answer = done;
    });
    const real = window.engine.call.bind(window.engine);
    const call = vi.spyOn(window.engine, "call").mockImplementation(async (name, request) => {
      if (name === "set_post_comments") await wait;
      return real(name, request);
    });
    window.engine.failNext("set_post_comments", "platform_unreachable", "the account is busy with another request");
    await window.user.click(screen.getByRole("switch"));
    await window.user.click(screen.getByTestId("post-switch-off"));
    expect(screen.getByTestId("post-switch-state")).toHaveTextContent("Turning off");
    await window.user.click(screen.getByRole("switch"));
    expect(call.mock.calls.filter(([name]) => name === "set_post_comments"), "one at a time").toHaveLength(1);
    answer();
    expect(await screen.findByRole("alert")).toHaveTextContent("The account is busy with another request. What is shown is what the platform told last.");
    expect(screen.getByRole("switch")).toBeChecked();
    await window.user.click(within(screen.getByRole("alert")).getByRole("button", { name: "Try again" }));
    await waitFor(() => {
      expect(screen.getByRole("switch")).not.toBeChecked();
    });
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("tell of a failure also when the panel was closed meanwhile", async () => {
    const window = await start();
    await openPanel(window);
    let refuse: () => void = () => undefined;
    const wait = new Promise<void>((done) => {
      refuse = done;
    });
    const real = window.engine.call.bind(window.engine);
    vi.spyOn(window.engine, "call").mockImplementation(async (name, request) => {
      if (name === "set_post_comments") await wait;
      return real(name, request);
    });
    window.engine.failNext("set_post_comments", "platform_unreachable", "the account is busy with another request");
    await window.user.click(screen.getByRole("switch"));
    await window.user.click(screen.getByTestId("post-switch-off"));
    await window.user.keyboard("{Escape}");
    refuse();
    expect(await screen.findByTestId("notice")).toHaveTextContent("Post: not done. The platform could not be reached");
  });

  it("are switched either way where the platform does not say how they stand", async () => {
    const window = await start();
    await open(window, UNSAID);
    await openPanel(window);
    expect(screen.queryByRole("switch")).not.toBeInTheDocument();
    expect(screen.getByTestId("post-switch-state")).toHaveTextContent("The platform does not say");
    const part = screen.getByTestId("post-switch");
    await window.user.click(within(part).getByRole("button", { name: "Turn off" }));
    await window.user.click(within(screen.getByTestId("post-switch-ask")).getByRole("button", { name: "Cancel" }));
    await window.user.click(within(part).getByRole("button", { name: "Turn on" }));
    expect(await screen.findByRole("switch")).toBeChecked();
    expect(screen.getByRole("switch")).toHaveFocus();
  });
});

describe("in Russian", () => {
  const STATES: ActionState[] = ["held", "ready", "sending", "retry_wait", "unknown", "confirmed", "failed", "cancelled"];
  const REFUSALS: PostRefusal[] = ["not_connected", "sends_nothing", "account_paused", "sending_stopped"];

  it("every state and every refusal has its own words", () => {
    const t = i18n.getFixedT("ru");
    const all = [...STATES.map((state) => t(`own.state.${state}`, { count: 5, when: "вчера" })), ...REFUSALS.map((why) => t(`post.refused.${why}`))];
    for (const words of all) expect(words).toMatch(/^[А-ЯЁ]/);
    expect(new Set(all).size).toBe(all.length);
  });

  it("the engine's words wait behind a disclosure", async () => {
    const window = await start({}, { state: "busy", settings: { language: "ru" } });
    await openPanel(window);
    expect(own("One more day")).toHaveTextContent("Пока неизвестно, опубликован ли он");
    expect(within(own("One more day")).getAllByRole("button").map((each) => each.textContent)).toEqual(["Он там есть", "Его там нет"]);
    expect(own("Recipes for all")).toHaveTextContent(/Площадка просит подождать\. Новая попытка через/);
    const failed = own("The 26 cm skillet is back");
    expect(failed).toHaveTextContent("Не опубликован");
    expect(within(failed).getByText("Подробности")).toBeInTheDocument();
    expect(own("The winners of")).toHaveTextContent("Опубликован 3 ч назад");
  });
});
