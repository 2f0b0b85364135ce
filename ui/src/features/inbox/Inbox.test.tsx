import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { detailOf, open, QUESTION, ready, spoken } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";

describe("the main job by keyboard", () => {
  it("approves the edited draft, says so, and puts the focus on the next row", async () => {
    const window = await ready(openWindow());
    const { engine, user } = window;
    await open(window, QUESTION);
    const id = detailOf();
    const before = window.count("needs_review");

    await user.keyboard("e");
    const editor = screen.getByTestId("draft-editor");
    expect(editor).toHaveFocus();
    await user.keyboard(" Happy birthday to your mum!");
    expect(screen.getByTestId("back-to-ai")).toBeInTheDocument();
    await user.keyboard("{Control>}{Enter}{/Control}");

    await waitFor(() => {
      expect(engine.actions.find((action) => action.comment_id === id)?.text).toMatch(/add a gift note at checkout\. Happy birthday to your mum!$/);
    });
    expect(screen.queryByTestId(`row-${String(id)}`), "the row leaves at once").not.toBeInTheDocument();
    expect(window.selected(), "the focus stays in the list, on the next row").toHaveFocus();
    expect(spoken()).toMatch(/^Approved, next: .+, \w+/);
    await waitFor(() => {
      expect(window.count("needs_review")).toBe(before - 1);
    });
    expect(window.count("outbox")).toBe(1);
  });

  it("moves with j and k, also on a Russian layout, and leaves letters to the editor", async () => {
    const window = await ready(openWindow());
    const { user } = window;
    const [first, second] = window.rows();
    await user.click(first as HTMLElement);
    await user.keyboard("j");
    expect(second).toHaveAttribute("aria-selected", "true");
    await user.keyboard("k");
    expect(first).toHaveAttribute("aria-selected", "true");
    act(() => {
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "о", code: "KeyJ", bubbles: true }));
    });
    expect(second).toHaveAttribute("aria-selected", "true");

    await open(window, QUESTION);
    const at = detailOf();
    await user.keyboard("e");
    await user.keyboard("adj!");
    expect(screen.getByTestId("draft-editor")).toHaveValue((screen.getByTestId("draft-editor") as HTMLTextAreaElement).value);
    expect((screen.getByTestId("draft-editor") as HTMLTextAreaElement).value.endsWith("adj!")).toBe(true);
    expect(detailOf(), "typing acts on nothing").toBe(at);
    await user.keyboard("{Escape}");
    expect(window.selected(), "Escape leaves the editor").toHaveFocus();
  });

  it("switches single letters off when the settings say so", async () => {
    const window = await ready(openWindow({ settings: { shortcuts: false } }));
    const [first] = window.rows();
    await window.user.click(first as HTMLElement);
    await window.user.keyboard("j");
    expect(first).toHaveAttribute("aria-selected", "true");
  });

  it("shows the sheet of keys with ?", async () => {
    const window = await ready(openWindow());
    await window.user.keyboard("?");
    expect(await screen.findByRole("dialog", { name: "Shortcuts" })).toBeVisible();
  });

  it.each([
    ["d", "done"],
    ["!", "escalated"],
    ["h", "outbox"],
  ])("%s takes the comment to %s", async (key, queue) => {
    const window = await ready(openWindow());
    const row = await open(window, /unreal in the braiser/);
    const before = window.count(queue);
    await window.user.keyboard(key);
    expect(row).not.toBeInTheDocument();
    await waitFor(() => {
      expect(window.count(queue)).toBe(before + 1);
    });
  });

  it("snoozes from the menu that s opens", async () => {
    const window = await ready(openWindow());
    const before = window.count("snoozed");
    await window.user.keyboard("s");
    await window.user.click(await screen.findByTestId("snooze-tomorrow"));
    await waitFor(() => {
      expect(window.count("snoozed")).toBe(before + 1);
    });
  });

  it("corrects the label with a digit", async () => {
    const window = await ready(openWindow());
    const row = await open(window, QUESTION);
    const id = detailOf();
    await window.user.keyboard("1");
    await waitFor(() => {
      expect(window.engine.comments.get(id)?.row.labels[0]).toMatchObject({ label: "praise", by_person: true });
    });
    await waitFor(() => {
      expect(within(row).getByText("Praise")).toBeInTheDocument();
    });
  });
});

describe("undo", () => {
  it("takes the newest reply back with z, and it is never sent", async () => {
    const window = await ready(openWindow({ holdSeconds: 10 }));
    await open(window, QUESTION);
    const id = detailOf();
    await window.user.keyboard("a");
    expect(await screen.findByTestId("outbox-notice")).toHaveTextContent(/Reply to/);
    await window.user.keyboard("z");
    await waitFor(() => {
      expect(screen.getByTestId(`row-${String(id)}`)).toHaveAttribute("aria-selected", "true");
    });
    window.pass(60);
    expect(window.engine.actions.filter((action) => action.comment_id === id).map((action) => action.state)).toEqual(["cancelled"]);
    expect(screen.queryByTestId("outbox-notice")).not.toBeInTheDocument();
  });

  it("takes back from the notice, and says when it is too late", async () => {
    const window = await ready(openWindow({ holdSeconds: 10 }));
    await open(window, QUESTION);
    await window.user.keyboard("a");
    const undo = await screen.findByTestId("undo");
    window.engine.failNext("cancel_action", "too_late", "The reply had already left for the platform.");
    await window.user.click(undo);
    expect(await screen.findByRole("alert")).toHaveTextContent(/too late/);
  });

  it("has nothing to take back at first", async () => {
    const window = await ready(openWindow());
    await window.user.keyboard("z");
    await waitFor(() => {
      expect(spoken()).toBe("There is nothing to take back");
    });
  });
});

describe("arrivals", () => {
  it("wait behind the pill and move nothing until it is pressed", async () => {
    const window = await ready(openWindow());
    const names = () => window.rows().map((row) => row.dataset.testid);
    const before = names();
    act(() => {
      window.engine.arrive(5);
    });
    const pill = await screen.findByTestId("new-pill");
    expect(pill).toHaveAccessibleName("5 new comments, show them");
    expect(names(), "no row moves under the hand").toEqual(before);
    const selected = window.selected().dataset.testid;
    await window.user.click(pill);
    await waitFor(() => {
      expect(names().length).toBe(before.length + 5);
    });
    expect(window.selected().dataset.testid, "the comment being read stays open").toBe(selected);
    expect(screen.queryByTestId("new-pill")).not.toBeInTheDocument();
  });
});

describe("failures", () => {
  it("brings the comment and the typed words back when approving failed", async () => {
    const window = await ready(openWindow());
    const row = await open(window, QUESTION);
    const id = detailOf();
    const place = window.rows().indexOf(row);
    await window.user.keyboard("e");
    await window.user.keyboard(" See you!");
    window.engine.failNext("approve_draft", "storage_failed", "The disk is full.");
    await window.user.keyboard("{Control>}{Enter}{/Control}");

    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent(/The disk is full/);
    await waitFor(() => {
      expect(window.rows()[place]?.dataset.testid, "back where it was").toBe(`row-${String(id)}`);
    });
    await window.user.click(within(alert).getByRole("button", { name: "Show" }));
    await waitFor(() => {
      expect((screen.getByTestId("draft-editor") as HTMLTextAreaElement).value).toMatch(/See you!$/);
    });
    expect(window.engine.comments.get(id)?.draft?.text, "the words are kept by the engine as well").toMatch(/See you!$/);
    expect(window.count("outbox")).toBe(0);
  });

  it("does not approve what the guard stops, and says why", async () => {
    const window = await ready(openWindow());
    await open(window, /Is the lid for the 26 really/);
    expect(screen.getByTestId("guard")).toHaveAttribute("data-guard", "stopped");
    expect(screen.getByTestId("approve")).toHaveAttribute("aria-disabled", "true");
    await window.user.keyboard("a");
    expect(window.engine.actions.filter((action) => action.state === "held")).toEqual([]);
    await window.user.click(screen.getByRole("button", { name: "Use €24" }));
    await waitFor(() => {
      expect((screen.getByTestId("draft-editor") as HTMLTextAreaElement).value).toMatch(/the Lid 26 is €24 and/);
    });
  });

  it("acts on the new version when only its own saved edit moved the card on", async () => {
    const window = await ready(openWindow());
    await open(window, QUESTION);
    const id = detailOf();
    const comment = window.engine.comments.get(id);
    if (comment) comment.row.version += 3;
    await window.user.keyboard("d");
    await waitFor(() => {
      expect(comment?.stage).toBe("done");
    });
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("says what failed and that nothing is lost when the list cannot be read", async () => {
    openWindow({ state: "error" });
    const words = await screen.findByText("The list could not be read");
    const alert = words.closest<HTMLElement>('[role="alert"]');
    expect(alert).toHaveTextContent(/Nothing is lost/);
    expect(alert && within(alert).getByRole("button", { name: "Try again" })).toBeEnabled();
  });

  it("offers a new sign-in for an account that was signed out", async () => {
    const window = openWindow({ state: "error" });
    await window.user.click(await screen.findByRole("button", { name: "Reconnect" }));
    await window.user.keyboard("{Enter}");
    await window.user.type(await screen.findByTestId("connect-token"), "IGAA-a-token-that-is-long-enough{Enter}");
    expect(await screen.findByRole("heading", { name: "oakmere is connected" })).toBeInTheDocument();
    const account = (await window.engine.call("get_overview", null)).accounts[0];
    expect(account?.connection, "the same account is signed in again").toBe("syncing");
  });
});

describe("drafts", () => {
  it("are saved while typing and at the latest on leaving the card", async () => {
    const window = await ready(openWindow());
    await open(window, QUESTION);
    const id = detailOf();
    await window.user.keyboard("e");
    await window.user.keyboard(" Bye.");
    await window.user.keyboard("{Escape}j");
    await waitFor(() => {
      expect(window.engine.comments.get(id)?.draft?.text).toMatch(/ Bye\.$/);
    });
  });

  it("go back to the AI's words", async () => {
    const window = await ready(openWindow());
    await open(window, QUESTION);
    const editor = screen.getByTestId<HTMLTextAreaElement>("draft-editor");
    const original = editor.value;
    await window.user.type(editor, " More.");
    await window.user.click(screen.getByTestId("back-to-ai"));
    await waitFor(() => {
      expect(screen.getByTestId("draft-editor")).toHaveValue(original);
    });
    expect(screen.queryByTestId("back-to-ai")).not.toBeInTheDocument();
  });

  it("can be written by hand where there is none", async () => {
    const window = await ready(openWindow());
    await open(window, /Your site says 64/);
    expect(screen.getByTestId("declined")).toHaveTextContent(/the sources disagree/);
    await window.user.keyboard("e");
    await window.user.keyboard("We will look into it and come back.");
    await window.user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => {
      expect(window.engine.actions.at(-1)).toMatchObject({ kind: "reply", text: "We will look into it and come back." });
    });
  });

  it("open the passage behind a number", async () => {
    const window = await ready(openWindow());
    await open(window, QUESTION);
    await window.user.click(screen.getByTestId("source-chip-2"));
    const passage = await screen.findByTestId("source-popover");
    expect(within(passage).getByText("in the oven up to 250 °C", { selector: "mark" })).toBeInTheDocument();
  });
});

describe("sending", () => {
  it("stops at once by its shortcut, and resumes only after saying how much goes out", async () => {
    const window = await ready(openWindow({ holdSeconds: 10 }));
    await open(window, QUESTION);
    await window.user.keyboard("a");
    await screen.findByTestId("outbox-notice");
    await window.user.keyboard("{Control>}{Shift>}.{/Shift}{/Control}");
    expect(await screen.findByRole("group", { name: "Sending is off" })).toBeInTheDocument();
    window.pass(120);
    expect(window.engine.actions.at(-1)?.state, "nothing leaves while it is stopped").toBe("held");
    await window.user.click(screen.getByTestId("sending-toggle"));
    await window.user.click(await screen.findByRole("button", { name: "Resume and send 1" }));
    expect(await screen.findByRole("group", { name: "Sending is on" })).toBeInTheDocument();
  });
});

describe("search and queues", () => {
  it("finds words of a comment and clears with Escape", async () => {
    const window = await ready(openWindow());
    const all = window.rows().length;
    await window.user.keyboard("/");
    expect(await screen.findByTestId("search")).toHaveFocus();
    await window.user.keyboard("oxblood");
    await waitFor(() => {
      expect(window.rows().length).toBeLessThan(all);
    });
    expect(screen.getByTestId("search"), "typing goes on").toHaveFocus();
    await window.user.keyboard("{Escape}");
    await waitFor(() => {
      expect(window.rows().length).toBe(all);
    });
  });

  it("shows comment text as text", async () => {
    const window = openWindow();
    const hostile = '<img src=x onerror="alert(1)">';
    for (const comment of window.engine.comments.values()) comment.row.text = hostile;
    await ready(window);
    expect(screen.getByTestId("comment-text")).toHaveTextContent(hostile);
    expect(screen.getByTestId("comment-text").querySelector("img")).toBeNull();
  });

  it("opens the outbox with what is known of an unknown outcome", async () => {
    const window = await ready(openWindow({ state: "busy" }));
    await window.user.click(screen.getByTestId("queue-outbox"));
    expect(await screen.findByText("We do not know yet whether this reply is out")).toBeInTheDocument();
  });
});

describe("languages", () => {
  it("speaks Russian with its plural forms", async () => {
    const window = openWindow({ settings: { language: "ru" } });
    await ready(window);
    expect(document.documentElement.lang).toBe("ru");
    act(() => {
      window.engine.arrive(3);
    });
    expect(await screen.findByTestId("new-pill")).toHaveAccessibleName("3 новых комментария, показать");
    act(() => {
      window.engine.arrive(2);
    });
    await waitFor(() => {
      expect(screen.getByTestId("new-pill")).toHaveAccessibleName("5 новых комментариев, показать");
    });
  });
});

describe("one at a time", () => {
  it("goes through the queue and keeps a tally", async () => {
    const window = await ready(openWindow());
    await window.user.keyboard("f");
    expect(await screen.findByTestId("zen")).toBeInTheDocument();
    const first = detailOf();
    await window.user.keyboard("d");
    await waitFor(() => {
      expect(detailOf()).not.toBe(first);
    });
    expect(within(screen.getByTestId("zen")).getByRole("list", { name: "Done so far" })).toHaveTextContent("Done 1");
    await window.user.keyboard("{Escape}");
    expect(await screen.findByTestId("comment-list")).toBeInTheDocument();
  });
});

describe("accessibility", () => {
  it("has no finding in the inbox", async () => {
    const window = await ready(openWindow());
    await open(window, QUESTION);
    await expectAccessible();
  });

  it("has no finding where the guard stops a draft, nor one at a time", async () => {
    const window = await ready(openWindow());
    await open(window, /Is the lid for the 26 really/);
    await expectAccessible();
    await window.user.keyboard("{Escape}f");
    await screen.findByTestId("zen");
    await expectAccessible();
  });

  it("shows a list that is still being read as busy, not as empty", async () => {
    openWindow({ state: "loading" });
    expect(await screen.findByText("Opening comments")).toBeInTheDocument();
    expect(screen.queryByText("All caught up")).not.toBeInTheDocument();
    await expectAccessible();
  });
});

it("saves what is on the desk as soon as the window loses the focus", async () => {
  const window = await ready(openWindow());
  await open(window, QUESTION);
  const id = detailOf();
  await window.user.type(screen.getByTestId("draft-editor"), "!");
  const call = vi.spyOn(window.engine, "call");
  act(() => {
    globalThis.dispatchEvent(new Event("blur"));
  });
  expect(call.mock.calls[0], "before the pause after typing is over").toEqual(["save_draft", { comment_id: id, text: expect.stringMatching(/!$/) as string }]);
});

it("saves what is on the desk when the window goes away", async () => {
  const window = await ready(openWindow());
  await open(window, QUESTION);
  const call = vi.spyOn(window.engine, "call");
  await window.user.type(screen.getByTestId("draft-editor"), "!");
  window.unmount();
  expect(call.mock.calls.some(([name]) => name === "save_draft"), "no typed word is lost on closing").toBe(true);
});
