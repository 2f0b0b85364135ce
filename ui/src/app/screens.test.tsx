import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { detailOf, ready } from "@/test/inbox";
import { openWindow } from "@/test/openWindow";

describe("the screens beside the inbox", () => {
  it("are reached by g and a letter, and g i comes back", async () => {
    const { user } = await ready(openWindow());
    await user.keyboard("gs");
    expect(await screen.findByRole("heading", { name: "Accounts" })).toHaveFocus();
    expect(screen.getByTestId("go-accounts")).toHaveAttribute("aria-current", "page");
    await user.keyboard("gh");
    expect(await screen.findByRole("heading", { name: "Health" })).toHaveFocus();
    await user.keyboard("gk");
    expect(await screen.findByRole("heading", { name: "Knowledge" })).toHaveFocus();
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

  it("stand in the list of keys and in the palette of every screen", async () => {
    const { user } = await ready(openWindow());
    await user.keyboard("gs");
    await screen.findByTestId("account-1");
    await user.keyboard("?");
    const sheet = await screen.findByTestId("shortcut-sheet");
    expect(within(sheet).getByText("Go to the accounts")).toBeInTheDocument();
    expect(within(sheet).getByText("Go to health")).toBeInTheDocument();
    await user.keyboard("{Escape}");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(within(await screen.findByTestId("palette")).getByRole("combobox"), "health");
    await user.keyboard("{Enter}");
    expect(await screen.findByTestId("health")).toBeInTheDocument();
  });
});

describe("the trace of a comment", () => {
  it("opens over the inbox, which keeps its place", async () => {
    const { user } = await ready(openWindow());
    await user.keyboard("j");
    const before = detailOf();
    await user.click(screen.getByTestId("trace-open"));
    const dialog = await screen.findByTestId("trace-dialog");
    expect(await within(dialog).findByTestId("trace-arrive")).toHaveTextContent("Stored");
    expect(within(dialog).getByTestId("trace-review")).toHaveAttribute("data-state", "waits");
    await user.keyboard("{Escape}");
    await waitFor(() => {
      expect(screen.queryByTestId("trace-dialog")).not.toBeInTheDocument();
    });
    expect(detailOf()).toBe(before);
  });
});

describe("signing in again from the inbox", () => {
  it("leads straight to the access of that account", async () => {
    const { user } = await ready(openWindow({ state: "several" }));
    await user.click(await screen.findByRole("button", { name: "Reconnect" }));
    expect(await screen.findByRole("heading", { name: "Sign in again: oakmere.outlet" })).toBeInTheDocument();
    expect(screen.getByRole("heading", { name: "How do you want to sign in?" })).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(screen.getByTestId("connect-token")).toHaveFocus();
  });
});
