import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ready } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";
import { NOTHING, problemsOf } from "./typed";

const rowsShown = () => document.querySelectorAll('[data-testid="comment-list"] [role="option"]').length;
const WHOLE = "IGAAm0PX4ZCpsBO7kitchen3lidPotKettleSkillet";
const CLIENT_ID = "402817-oakmere.apps.googleusercontent.com";

/** Where four accounts are connected, one signed out and one disconnected. */
const SEVERAL = { state: "several" } as const;

type Which = "Instagram" | "Facebook Page" | "YouTube" | "Telegram";

/** As far as the page that asks for the access to a platform. */
async function openWizard(which: Which, options: Parameters<typeof openWindow>[0] = {}) {
  const window = await ready(openWindow(options));
  const { user } = window;
  await user.keyboard("gs");
  await user.click(await screen.findByTestId("accounts-connect"));
  await user.click(screen.getByRole("radio", { name: new RegExp(which) }));
  await user.click(screen.getByRole("button", { name: /Go on/ }));
  const paste = async (field: string, words: string) => {
    await user.click(screen.getByTestId(field));
    await user.paste(words);
  };
  return { ...window, paste };
}

describe("connecting an account", () => {
  it("offers what can be finished here, and nothing else", async () => {
    const { user } = await ready(openWindow());
    await user.keyboard("gs");
    await user.click(await screen.findByTestId("accounts-connect"));
    expect(screen.getAllByRole("radio").map((each) => (each as HTMLInputElement).value)).toEqual(["instagram", "facebook", "youtube", "telegram"]);
    await expectAccessible(screen.getByTestId("connect"));
    await user.keyboard("{Enter}");
    expect(await screen.findByTestId("connect-token"), "the first one is chosen").toHaveFocus();
  });

  it("connects Instagram with a pasted token and shows what was allowed", async () => {
    const { engine, user, paste } = await openWizard("Instagram", SEVERAL);
    await paste("connect-token", `  ${WHOLE}\n`);
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "Oakmere Outlet is connected" }), "the one that was signed out").toBeInTheDocument();
    expect(screen.getByText("instagram_business_manage_comments")).toBeInTheDocument();
    await expectAccessible(screen.getByTestId("connect"));
    await user.click(screen.getByRole("button", { name: /Show the account/ }));
    expect(await screen.findByTestId("account-4")).toBeInTheDocument();
    expect((await engine.call("list_accounts", null)).accounts, "it is the same one").toHaveLength(6);
  });

  it("leads from the sample into a workspace of one's own and tells the result there", async () => {
    const { engine, user, paste } = await openWizard("Instagram");
    const call = vi.spyOn(engine, "call");
    const phases: string[] = [];
    engine.on((event) => {
      if (event.event === "state") phases.push(event.data.phase.phase);
    });
    await paste("connect-token", WHOLE);
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "oakmere.instagram is connected" })).toHaveFocus();
    expect(phases, "the other workspace opened on the way").toEqual(["opening", "ready"]);
    expect(call.mock.calls.filter(([name]) => name === "cancel_connect"), "the page that went took nothing with it").toEqual([]);
    await user.click(screen.getByRole("button", { name: /Show the account/ }));
    await screen.findByTestId("account-1");
    expect((await engine.call("list_accounts", null)).accounts.map((each) => each.simulated), "the sample's account is left behind").toEqual([false]);
    await user.click(screen.getByTestId("go-inbox"));
    await screen.findByTestId("queue-count-all");
    expect(rowsShown(), "nothing of the sample is seen in the other workspace").toBe(0);
  });

  it("covers the token until the person asks to see it", async () => {
    const { user, paste } = await openWizard("Instagram");
    await paste("connect-token", WHOLE);
    expect(screen.getByTestId("connect-token")).toHaveAttribute("type", "password");
    await user.click(screen.getByRole("button", { name: "Show: Access token" }));
    expect(screen.getByTestId("connect-token")).toHaveAttribute("type", "text");
  });

  it("says what is odd about a value before it asks the platform", async () => {
    const { engine, user, paste } = await openWizard("Instagram");
    const call = vi.spyOn(engine, "call");
    await user.click(screen.getByRole("button", { name: /^Connect/ }));
    expect(screen.getByRole("alert")).toHaveTextContent("Paste the token first.");
    await paste("connect-token", "two words");
    expect(screen.getByRole("alert")).toHaveTextContent("one long word without spaces");
    expect(call.mock.calls.filter(([name]) => name === "connect_account")).toEqual([]);
  });

  it("keeps what was typed when the platform refuses it, and says why", async () => {
    const { user, paste } = await openWizard("Instagram");
    await paste("connect-token", "IGAA");
    await user.keyboard("{Enter}");
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("The sign-in was refused");
    expect(alert).toHaveTextContent("may have been cut while copying");
    expect(screen.getByTestId("connect-token")).toHaveValue("IGAA");
    expect(screen.getByTestId("connect-token"), "to be pasted over").toHaveFocus();
  });

  it("tries again when the platform could not be reached", async () => {
    const { engine, user, paste } = await openWizard("Instagram");
    engine.failNext("connect_account", "platform_unreachable", "no connection to graph.instagram.com");
    await paste("connect-token", WHOLE);
    await user.keyboard("{Enter}");
    await user.click(within(await screen.findByRole("alert")).getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { name: "oakmere.instagram is connected" })).toBeInTheDocument();
  });

  it("asks first where keys are kept when nothing keeps them", async () => {
    const { engine, user, paste } = await openWizard("Instagram");
    engine.failNext("connect_account", "secrets_unavailable", "no keychain answers");
    await paste("connect-token", WHOLE);
    await user.keyboard("{Enter}");
    expect(within(await screen.findByRole("alert")).getByRole("button", { name: "Choose" })).toBeInTheDocument();
  });

  it("names a missing permission, how it is allowed, and starts over with an empty field", async () => {
    const { engine, user, paste } = await openWizard("Instagram");
    await paste("connect-token", `LIMITED${WHOLE}`);
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "1 permission is missing" })).toHaveFocus();
    expect(screen.getByText("instagram_business_manage_comments").closest("li")).toHaveAttribute("data-granted", "no");
    expect(screen.getByText(/The old one keeps what it was given/)).toBeInTheDocument();
    expect((await engine.call("list_accounts", null)).accounts, "nothing was connected").toHaveLength(1);
    await user.keyboard("{Enter}");
    expect(await screen.findByTestId("connect-token")).toHaveValue("");
  });

  it("lets the person choose among Pages, of those where they may answer", async () => {
    const { engine, user, paste } = await openWizard("Facebook Page");
    await paste("connect-token", WHOLE);
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "Which Page?" })).toBeInTheDocument();
    expect(screen.getByRole("radio", { name: /Oakmere Outlet/ })).toBeDisabled();
    await user.click(screen.getByRole("radio", { name: /Oakmere auf Deutsch/ }));
    const call = vi.spyOn(engine, "call");
    await user.click(screen.getByRole("button", { name: /^Connect/ }));
    expect(await screen.findByRole("heading", { name: "oakmere.facebook is connected" })).toBeInTheDocument();
    expect(call).toHaveBeenCalledWith("connect_account", { way: "facebook_token", token: WHOLE, page_id: "103" });
  });
});

describe("connecting a Telegram group", () => {
  const TOKEN = "402817:AAFoakmereKitchenGroupBotKey";

  it("takes a bot of one's own and the name of the channel", async () => {
    const { engine, user, paste } = await openWizard("Telegram", SEVERAL);
    const call = vi.spyOn(engine, "call");
    await paste("bot-token", TOKEN);
    await paste("chat", "t.me/oakmere");
    expect(screen.getByTestId("bot-token")).toHaveAttribute("type", "password");
    expect(screen.getByTestId("chat"), "a name is no secret").toHaveAttribute("type", "text");
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "oakmere.telegram is connected" })).toBeInTheDocument();
    expect(call).toHaveBeenCalledWith("connect_account", { way: "telegram", bot_token: TOKEN, chat: "t.me/oakmere" });
    expect(screen.getByText(/Telegram gives no history/)).toBeInTheDocument();
    await expectAccessible(screen.getByTestId("connect"));
  });

  it("tells a token and a name from something else", () => {
    const of = (botToken: string, chat: string) => problemsOf("telegram", { ...NOTHING, botToken, chat });
    expect(of(TOKEN, "@oakmere")).toEqual({});
    expect(of(TOKEN, "-1001234567890")).toEqual({});
    expect(of("oakmere_bot", "our group")).toEqual({ botToken: "connect.bot_token_odd", chat: "connect.chat_odd" });
    expect(of(" ", "")).toEqual({ botToken: "connect.bot_token_missing", chat: "connect.chat_missing" });
  });
});

describe("signing in with Google", () => {
  async function waiting() {
    const window = await openWizard("YouTube");
    await window.paste("client-id", CLIENT_ID);
    await window.paste("client-secret", "GOCSPX-oakmere-kitchen-client");
    await window.user.keyboard("{Enter}");
    await screen.findByRole("heading", { name: "Go on in your browser" });
    return window;
  }

  it("waits for the browser and goes on by itself", async () => {
    const { engine } = await waiting();
    expect(screen.getByText("Waiting for the answer from the browser")).toBeInTheDocument();
    engine.finishSignIn();
    expect(await screen.findByRole("heading", { name: "oakmere.youtube is connected" })).toBeInTheDocument();
  });

  it("is cancelled, and keeps the client for another try", async () => {
    const { engine, user } = await waiting();
    await user.click(screen.getByTestId("cancel-sign-in"));
    expect(await screen.findByText("The sign-in was cancelled. Nothing was connected.")).toBeInTheDocument();
    expect(screen.getByTestId("client-id")).toHaveValue(CLIENT_ID);
    expect((await engine.call("list_accounts", null)).accounts).toHaveLength(1);
  });

  it("leaves nothing waiting behind when the person goes elsewhere", async () => {
    const { engine, user } = await waiting();
    const call = vi.spyOn(engine, "call");
    await user.click(screen.getByTestId("go-inbox"));
    await waitFor(() => {
      expect(call).toHaveBeenCalledWith("cancel_connect", null);
    });
  });

  it("tells a client ID from something else", () => {
    const of = (clientId: string, clientSecret: string) => problemsOf("youtube", { ...NOTHING, clientId, clientSecret });
    expect(of(CLIENT_ID, "GOCSPX-1")).toEqual({});
    expect(of("GOCSPX-1", CLIENT_ID)).toEqual({ clientId: "connect.client_id_odd" });
    expect(Object.keys(of(" ", ""))).toEqual(["clientId", "clientSecret"]);
  });
});
