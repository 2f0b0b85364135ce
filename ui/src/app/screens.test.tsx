import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ready } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";

describe("the screens beside the inbox", () => {
  it("are reached by g and a letter, and g i comes back", async () => {
    const { user } = await ready(openWindow());
    await user.keyboard("gs");
    expect(await screen.findByRole("heading", { name: "Accounts" })).toHaveFocus();
    expect(screen.getByTestId("go-accounts")).toHaveAttribute("aria-current", "page");
    await user.keyboard("gh");
    expect(await screen.findByRole("heading", { name: "Health" })).toHaveFocus();
    await user.keyboard("gi");
    expect(await screen.findByTestId("comment-list")).toBeInTheDocument();
  });

  it("stop sending with the shortcut of everywhere, and never resume with it", async () => {
    const { engine, user } = await ready(openWindow());
    await user.keyboard("gh");
    await screen.findByTestId("stage-draft");
    await user.keyboard("{Control>}{Shift>}.{/Shift}{/Control}");
    await waitFor(async () => {
      expect((await engine.call("get_overview", null)).sending).toBe(false);
    });
    await user.keyboard("{Control>}{Shift>}.{/Shift}{/Control}");
    expect((await engine.call("get_overview", null)).sending, "resuming is deliberate").toBe(false);
  });
});

describe("health", () => {
  it("shows what waits, what rests and the last error, and rebuilds the index", async () => {
    const { user } = await ready(openWindow());
    await user.click(screen.getByTestId("go-health"));
    expect(within(await screen.findByTestId("stage-draft")).getByText("48 s")).toBeInTheDocument();
    expect(screen.getByTestId("health-verdict")).toHaveTextContent("1 destination rests");
    expect(screen.getByText("M-4203")).toBeInTheDocument();
    await expectAccessible(screen.getByTestId("health"));
    await user.click(screen.getByTestId("rebuild-index"));
    expect(await screen.findByRole("progressbar", { name: "Index" })).toHaveAttribute("aria-valuenow", "62");
  });

  it("says what to do when the engine gives no answer, and tries again", async () => {
    const { engine, user } = await ready(openWindow());
    engine.failNext("get_health");
    await user.keyboard("gh");
    const alert = await screen.findByRole("alert");
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await screen.findByTestId("stage-post")).toBeInTheDocument();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });
});

describe("accounts", () => {
  it("changes the mode and pauses", async () => {
    const { engine, user } = await ready(openWindow());
    await user.keyboard("gs");
    const card = await screen.findByTestId("account-1");
    await expectAccessible(screen.getByTestId("accounts"));
    await user.click(within(card).getByRole("radio", { name: "Simulate" }));
    await user.click(within(card).getByRole("button", { name: "Pause" }));
    expect(await within(card).findByText(/Paused by you/)).toBeInTheDocument();
    const kept = (await engine.call("list_accounts", null)).accounts[0];
    expect([kept?.mode, kept?.paused_by_user]).toEqual(["simulate", true]);
  });

  it("deletes what was collected only after the name was typed", async () => {
    const { engine, user } = await ready(openWindow());
    await user.keyboard("gs");
    await user.click(within(await screen.findByTestId("account-1")).getByRole("button", { name: "Disconnect…" }));
    await user.click(screen.getByRole("radio", { name: /Delete it from this computer/ }));
    expect(screen.getByText(/6,118/, { selector: "small" })).toHaveTextContent("1,204");
    const go = screen.getByTestId("disconnect-go");
    await user.type(screen.getByTestId("disconnect-name"), "oakmer");
    expect(go, "a part of the name confirms nothing").toBeDisabled();
    await user.type(screen.getByTestId("disconnect-name"), "e");
    await user.click(go);
    expect(await screen.findByText(/No account is connected/)).toBeInTheDocument();
    expect((await engine.call("list_accounts", null)).accounts).toEqual([]);
  });

  it("keeps the dialog and says why when disconnecting failed", async () => {
    const { engine, user } = await ready(openWindow());
    await user.keyboard("gs");
    await user.click(within(await screen.findByTestId("account-1")).getByRole("button", { name: "Disconnect…" }));
    engine.failNext("disconnect_account", "storage_failed", "the disk is full");
    await user.click(screen.getByTestId("disconnect-go"));
    expect(await screen.findByRole("alert")).toHaveTextContent("The disk is full.");
    expect(screen.getByTestId("disconnect-go")).toBeEnabled();
  });
});
