import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ready } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";

async function openAccounts(options: Parameters<typeof openWindow>[0] = {}) {
  const window = await ready(openWindow(options));
  await window.user.keyboard("gs");
  await screen.findByTestId("account-1");
  const choose = async (id: number) => {
    await window.user.click(screen.getByTestId(`account-row-${String(id)}`));
    return screen.findByTestId(`account-${String(id)}`);
  };
  const card = async (id: number) => (await window.engine.call("list_accounts", null)).accounts.find((each) => each.id === id);
  return { ...window, choose, card };
}

describe("the accounts", () => {
  it("each say in one line how they stand", async () => {
    await openAccounts({ state: "several" });
    const line = (id: number) => screen.getByTestId(`account-row-${String(id)}`);
    expect(line(1)).toHaveTextContent("Connected");
    expect(line(2)).toHaveTextContent("9,560 of 10,000 units");
    expect(line(2)).toHaveTextContent("units left for 8 replies");
    expect(line(3)).toHaveTextContent("1 permission is missing");
    expect(line(4)).toHaveTextContent("Signed out");
    expect(line(5)).toHaveTextContent("Paused by you");
    expect(line(6)).toHaveTextContent("Disconnected, kept to be read");
    expect(screen.getByText("3 need you"), "those that only a person can help").toBeInTheDocument();
    await expectAccessible(screen.getByTestId("accounts"));
  });

  it("are gone through with the arrow keys", async () => {
    const { user } = await openAccounts({ state: "several" });
    screen.getByTestId("account-row-1").focus();
    await user.keyboard("{ArrowDown}");
    expect(screen.getByTestId("account-2")).toBeInTheDocument();
    expect(screen.getByTestId("account-row-2")).toHaveFocus();
  });

  it("say what happens when an access is about to end, and when it was withdrawn", async () => {
    const { choose } = await openAccounts({ state: "several" });
    const ending = await choose(5);
    expect(within(ending).getByText("Access ends in 5 days")).toBeInTheDocument();
    const out = await choose(4);
    expect(within(out).getByRole("alert")).toHaveTextContent("Instagram withdrew the access at 13:40");
    await waitFor(() => {
      expect(within(out).getByRole("alert")).toHaveTextContent("2 actions wait until then.");
    });
  });

  it("show on what the units went, and take another budget", async () => {
    const { user, choose, card } = await openAccounts({ state: "several" });
    const pane = await choose(2);
    expect(within(pane).getByText(/Replies 1,600/)).toBeInTheDocument();
    expect(within(pane).getByText(/the last 1,000 units are kept for replies/)).toBeInTheDocument();
    await user.click(within(pane).getByRole("button", { name: "Change…" }));
    const reserve = within(pane).getByRole("textbox", { name: "Kept for replies" });
    await user.clear(reserve);
    await user.type(reserve, "6000");
    expect(within(pane).getByRole("button", { name: "Save" }), "more than half cannot be kept").toBeDisabled();
    await user.clear(reserve);
    await user.type(reserve, "400");
    await user.click(within(pane).getByRole("button", { name: "Save" }));
    await waitFor(async () => {
      expect((await card(2))?.quota?.reserve_units).toBe(400);
    });
    expect(await within(pane).findByText(/Fetching leaves 400 units/)).toBeInTheDocument();
  });

  it("name the permission that is missing and what it is needed for", async () => {
    const { user, choose } = await openAccounts({ state: "several" });
    const pane = await choose(3);
    const missing = within(pane).getByText("pages_manage_engagement").closest("li") as HTMLElement;
    expect(missing).toHaveTextContent("Answer, hide and delete");
    expect(missing).toHaveTextContent("cannot be answered or hidden");
    await user.click(within(missing).getByRole("button", { name: "Allow it…" }));
    expect(await screen.findByRole("heading", { name: "Sign in again: Oakmere auf Deutsch" })).toBeInTheDocument();
  });

  it("pause reading the history and go on", async () => {
    const { user, choose, card } = await openAccounts({ state: "several" });
    const pane = await choose(3);
    expect(within(pane).getByRole("progressbar", { name: "History" })).toHaveAttribute("aria-valuenow", "17");
    await user.click(within(pane).getByTestId("import-toggle"));
    expect(await within(pane).findByText("paused, goes on where it was")).toBeInTheDocument();
    await user.click(within(pane).getByTestId("import-toggle"));
    await waitFor(async () => {
      expect((await card(3))?.import.state).toBe("running");
    });
  });

  it("get drafts for every comment, or only since a day", async () => {
    const { user, choose, card } = await openAccounts({ state: "several" });
    const pane = await choose(1);
    await user.click(within(pane).getByRole("radio", { name: "Only since a day" }));
    expect(await within(pane).findByTestId("drafts-day")).toBeInTheDocument();
    const since = new Date((await card(1))?.drafts_from ?? 0);
    expect([since.getHours(), since.getMinutes()], "the day begins where the person is").toEqual([0, 0]);
    await user.click(within(pane).getByRole("radio", { name: "For every comment" }));
    await waitFor(async () => {
      expect((await card(1))?.drafts_from).toBeNull();
    });
  });

  it("change their mode and are paused", async () => {
    const { user, card } = await openAccounts();
    const pane = screen.getByTestId("account-1");
    await user.click(within(pane).getByRole("radio", { name: "Simulate" }));
    await user.click(within(pane).getByRole("button", { name: "Pause" }));
    expect(await within(pane).findByText("Paused by you")).toBeInTheDocument();
    const kept = await card(1);
    expect([kept?.mode, kept?.paused_by_user]).toEqual(["simulate", true]);
  });

  it("say why a mode was refused, beside the account concerned", async () => {
    const { engine, user, choose } = await openAccounts({ state: "several" });
    const pane = await choose(1);
    engine.failNext("set_account_mode", "invalid", "Auto is switched on for a label after 30 approved drafts");
    await user.click(within(pane).getByRole("radio", { name: "Auto" }));
    expect(await within(pane).findByRole("alert")).toHaveTextContent("after 30 approved drafts");
    const other = await choose(5);
    expect(within(other).queryByRole("alert")).not.toBeInTheDocument();
  });

  it("are checked now, with the result in words", async () => {
    const { engine, user, choose } = await openAccounts({ state: "several" });
    const pane = await choose(1);
    await user.click(within(pane).getByRole("button", { name: "Check now" }));
    expect(await within(pane).findByText(/Checked just now/)).toBeInTheDocument();
    engine.failNext("check_account", "platform_unreachable", "no connection to graph.instagram.com");
    await user.click(within(pane).getByRole("button", { name: "Check now" }));
    expect(await within(pane).findByRole("alert")).toHaveTextContent("The platform could not be reached");
  });

  it("can be read again after an error", async () => {
    const { engine, user } = await ready(openWindow());
    engine.failNext("list_accounts", "storage_failed", "the disk is full");
    engine.changeAccount(1, {});
    await user.keyboard("gs");
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("The disk is full.");
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    await waitFor(() => {
      expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    });
    expect(screen.getByTestId("account-1")).toBeInTheDocument();
  });

  it("say calmly what is not known before the platform was reached", async () => {
    const { choose } = await openAccounts({ state: "several" });
    const pane = await choose(4);
    expect(within(pane).getByText("Told once the account is signed in and reached.")).toBeInTheDocument();
  });

  it("say so when what is stored could not be counted", async () => {
    const { engine, choose } = await openAccounts({ state: "several" });
    engine.failNext("count_account", "storage_failed", "the disk is full");
    const pane = await choose(3);
    expect(await within(pane).findByText("could not be counted")).toBeInTheDocument();
  });

  it("speak Russian", async () => {
    const window = await ready(openWindow({ state: "several", settings: { language: "ru" } }));
    await window.user.keyboard("gs");
    expect(await screen.findByTestId("account-row-4")).toHaveTextContent("Вход не действует");
    await window.user.click(screen.getByTestId("account-row-2"));
    expect(screen.getByText(/хватит на 8 ответов/)).toBeInTheDocument();
  });
});

describe("disconnecting", () => {
  it("deletes what was collected only after the name was typed", async () => {
    const { engine, user, choose } = await openAccounts({ state: "several" });
    await choose(1);
    await user.click(screen.getByRole("button", { name: "Disconnect…" }));
    await user.click(screen.getByRole("radio", { name: /Delete it from this computer/ }));
    expect(await screen.findByText(/authors: 1,204/, { selector: "small" })).toHaveTextContent("Comments: 6,118");
    const go = screen.getByTestId("disconnect-go");
    await user.type(screen.getByTestId("disconnect-name"), "Oakmere Kitche");
    expect(go, "a part of the name confirms nothing").toBeDisabled();
    await user.type(screen.getByTestId("disconnect-name"), "n");
    await user.click(go);
    await waitFor(() => {
      expect(screen.queryByTestId("account-row-1")).not.toBeInTheDocument();
    });
    expect((await engine.call("list_accounts", null)).accounts.map((each) => each.id)).toEqual([2, 3, 4, 5, 6]);
  });

  it("keeps what was collected, to be read, until it is connected again or deleted", async () => {
    const { engine, user, choose } = await openAccounts({ state: "several" });
    await choose(1);
    await user.click(screen.getByRole("button", { name: "Disconnect…" }));
    await user.click(screen.getByTestId("disconnect-go"));
    const pane = screen.getByTestId("account-1");
    expect(await within(pane).findByText("Disconnected, kept to be read")).toBeInTheDocument();
    expect(within(pane).queryByRole("radio", { name: "Auto" }), "it has no work to be told how to do").not.toBeInTheDocument();
    await user.click(within(pane).getByRole("button", { name: "Delete what was collected…" }));
    expect(screen.getByRole("heading", { name: "Delete what was collected of Oakmere Kitchen?" })).toBeInTheDocument();
    expect(screen.queryByRole("radio", { name: /Keep/ })).not.toBeInTheDocument();
    await user.type(screen.getByTestId("disconnect-name"), "Oakmere Kitchen");
    await user.click(screen.getByTestId("disconnect-go"));
    await waitFor(async () => {
      expect((await engine.call("list_accounts", null)).accounts.some((each) => each.id === 1)).toBe(false);
    });
  });

  it("is not offered for the account of the sample", async () => {
    await openAccounts();
    expect(screen.queryByRole("button", { name: "Disconnect…" })).not.toBeInTheDocument();
    expect(screen.getByText(/The sample’s account stays/)).toBeInTheDocument();
  });

  it("keeps the dialog and says why when it failed", async () => {
    const { engine, user, choose } = await openAccounts({ state: "several" });
    await choose(1);
    await user.click(screen.getByRole("button", { name: "Disconnect…" }));
    engine.failNext("disconnect_account", "storage_failed", "the disk is full");
    await user.click(screen.getByTestId("disconnect-go"));
    expect(await screen.findByRole("alert")).toHaveTextContent("The disk is full.");
    expect(screen.getByTestId("disconnect-go")).toBeEnabled();
  });
});
