import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ready } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";
import { NOTHING, problemOfPart, problemsOf } from "./typed";

const rowsShown = () => document.querySelectorAll('[data-testid="comment-list"] [role="option"]').length;
const WHOLE = "IGAAm0PX4ZCpsBO7kitchen3lidPotKettleSkillet";
const CLIENT_ID = "402817-oakmere.apps.googleusercontent.com";

/** Where four accounts are connected, one signed out and one disconnected. */
const SEVERAL = { state: "several" } as const;

type Which = "Instagram" | "Facebook Page" | "YouTube" | "Telegram";

/** As far as the page that asks for the access to a platform. */
async function openWizard(which: Which, options: Parameters<typeof openWindow>[0] = {}, way = /With a token/) {
  const window = await ready(openWindow(options));
  const { user } = window;
  await user.keyboard("gs");
  await user.click(await screen.findByTestId("accounts-connect"));
  await user.click(screen.getByRole("radio", { name: new RegExp(which) }));
  await user.keyboard("{Enter}");
  if (which === "Instagram") {
    await user.click(screen.getByRole("radio", { name: way }));
    await user.click(screen.getByRole("button", { name: /Go on/ }));
  }
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
    expect(await screen.findByRole("heading", { name: "How do you want to sign in?" })).toHaveFocus();
    expect(screen.getByRole("radio", { name: /With a token/ }), "the recommended one").toBeChecked();
    expect(screen.getAllByRole("radio").map((each) => (each as HTMLInputElement).value)).toEqual(["instagram_token", "instagram_code", "instagram_page"]);
    await expectAccessible(screen.getByTestId("connect"));
    await user.keyboard("{Enter}");
    expect(await screen.findByTestId("connect-token"), "the first one is chosen").toHaveFocus();
    expect(screen.getByTestId("connect-token"), "the stroke that led here sends nothing").toBeValid();
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

describe("signing in with one's own Meta app", () => {
  const SECRET = "5f2oakmere8kettle3lid";
  const REDIRECT = "https://oakmere.example/back";
  const ended = (query: string) => `${REDIRECT}?${query}#_`;

  /** As far as the page that asks where the browser ended; the first sign-in's state is `oakmere1`. */
  async function openBrowser() {
    const window = await openWizard("Instagram", {}, /your own Meta app/);
    const { user, paste } = window;
    await paste("app-app_id", "990602627938098");
    await user.keyboard("{Enter}");
    await paste("app-app_secret", SECRET);
    await user.keyboard("{Enter}");
    await paste("app-redirect", REDIRECT);
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "Sign in on Instagram’s page" })).toHaveFocus();
    await user.keyboard("{Enter}");
    await screen.findByTestId("app-address");
    const finish = async (query: string) => {
      await user.clear(screen.getByTestId("app-address"));
      await paste("app-address", ended(query));
      await user.keyboard("{Enter}");
    };
    return { ...window, finish };
  }

  it("asks one thing at a time, and connects with the address that the browser ended at", async () => {
    const { engine, user, paste } = await openWizard("Instagram", SEVERAL, /your own Meta app/);
    const call = vi.spyOn(engine, "call");
    expect(screen.getByTestId("app-app_id"), "a number is no secret").toHaveAttribute("type", "text");
    await paste("app-app_id", " 990602627938098 ");
    await user.keyboard("{Enter}");
    expect(screen.getByTestId("app-app_secret")).toHaveAttribute("type", "password");
    expect(screen.getByTestId("app-app_secret")).toHaveFocus();
    expect(screen.getByText(/used once, for this sign-in, and kept nowhere/)).toBeInTheDocument();
    await expectAccessible(screen.getByTestId("connect"));
    await paste("app-app_secret", SECRET);
    await user.keyboard("{Enter}");
    await paste("app-redirect", REDIRECT);
    await user.keyboard("{Enter}");
    await user.click(screen.getByRole("button", { name: /Open Instagram’s page/ }));
    expect(await screen.findByTestId("app-address")).toHaveFocus();
    expect(call).toHaveBeenCalledWith("begin_instagram_sign_in", { app_id: "990602627938098", redirect: REDIRECT });
    expect(screen.getByText(/No page opened/), "the address stands there for a browser that did not open").toHaveTextContent("www.instagram.com/oauth/authorize?client_id=990602627938098");
    expect(screen.getByTestId("app-address"), "a code lets in").toHaveAttribute("type", "password");
    await expectAccessible(screen.getByTestId("connect"));
    await paste("app-address", ended("code=AQBkettle&state=oakmere1"));
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "Oakmere Outlet is connected" })).toHaveFocus();
    expect(call).toHaveBeenCalledWith("connect_account", { way: "instagram_code", app_id: "990602627938098", app_secret: SECRET, redirect: REDIRECT, address: ended("code=AQBkettle&state=oakmere1") });
  });

  it("says at the address what is wrong with it, and starts the sign-in again with an empty field", async () => {
    const { engine, user, finish } = await openBrowser();
    await finish("code=AQBkettle&state=forged");
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("the address belongs to another sign-in");
    expect(screen.getByTestId("app-address"), "to be pasted over").toHaveFocus();
    await user.click(within(alert).getByRole("button", { name: "Start this step again" }));
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: /Open Instagram’s page/ }));
    expect(await screen.findByTestId("app-address")).toHaveValue("");
    await finish("code=AQBkettle&state=oakmere2");
    expect(await screen.findByRole("heading", { name: "oakmere.instagram is connected" })).toBeInTheDocument();
    expect((await engine.call("list_accounts", null)).accounts).toHaveLength(1);
  });

  it("offers a new sign-in or a look at the secret when the code is refused", async () => {
    const { user, finish } = await openBrowser();
    await finish("code=OLDkettle&state=oakmere1");
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("The sign-in was refused");
    expect(alert).toHaveTextContent("This authorization code has expired");
    expect(alert, "there is no token to look at").not.toHaveTextContent("Check the token");
    expect(within(alert).getByRole("button", { name: "Start this step again" })).toBeInTheDocument();
    await user.click(within(alert).getByRole("button", { name: "Look at the secret" }));
    expect(screen.getByTestId("app-app_secret")).toHaveValue(SECRET);
  });

  it("tells a sign-in that took longer than an hour", async () => {
    const { pass, finish } = await openBrowser();
    pass(3_601);
    await finish("code=AQBkettle&state=oakmere1");
    expect(await screen.findByRole("alert")).toHaveTextContent("within the last hour");
  });

  it("tells what was declined on Instagram's page", async () => {
    const { finish } = await openBrowser();
    await finish("error=access_denied&error_description=The+user+denied+your+request&state=oakmere1");
    expect(await screen.findByRole("alert")).toHaveTextContent("The user denied your request");
  });

  it("goes back to the value that the engine refused", async () => {
    const { engine, finish } = await openBrowser();
    engine.failNext("connect_account", "invalid", "redirect: an https address as it is registered for your Meta app");
    await finish("code=AQBkettle&state=oakmere1");
    expect(await screen.findByTestId("app-redirect")).toHaveFocus();
    expect(screen.getByRole("alert")).toHaveTextContent("as it is registered for your Meta app");
  });

  it("begins the sign-in anew when a permission was not given", async () => {
    const { user, finish } = await openBrowser();
    await finish("code=LIMITEDkettle&state=oakmere1");
    expect(await screen.findByRole("heading", { name: "1 permission is missing" })).toHaveFocus();
    expect(screen.getByText(/what you gave of your app is still here/)).toBeInTheDocument();
    await user.keyboard("{Enter}");
    await user.click(await screen.findByRole("button", { name: /Open Instagram’s page/ }));
    expect(await screen.findByTestId("app-address")).toHaveValue("");
  });

  it("asks first where keys are kept, before the browser opens", async () => {
    const { engine, user, paste } = await openWizard("Instagram", {}, /your own Meta app/);
    for (const [field, words] of [["app_id", "1"], ["app_secret", SECRET], ["redirect", REDIRECT]] as const) {
      await paste(`app-${field}`, words);
      await user.keyboard("{Enter}");
    }
    engine.failNext("begin_instagram_sign_in", "secrets_unavailable", "no keychain answers");
    await user.click(screen.getByRole("button", { name: /Open Instagram’s page/ }));
    expect(within(await screen.findByRole("alert")).getByRole("button", { name: "Choose" })).toBeInTheDocument();
  });

  it("keeps nothing of it when the person leaves", async () => {
    const { user } = await openBrowser();
    await user.click(screen.getByRole("button", { name: "Back to the accounts" }));
    await user.click(await screen.findByTestId("accounts-connect"));
    await user.keyboard("{Enter}");
    await user.click(screen.getByRole("radio", { name: /your own Meta app/ }));
    await user.click(screen.getByRole("button", { name: /Go on/ }));
    expect(screen.getByTestId("app-app_id")).toHaveValue("");
    await user.paste("1");
    await user.keyboard("{Enter}");
    expect(screen.getByTestId("app-app_secret")).toHaveValue("");
  });

  it("tells each value from something else", () => {
    const of = (part: Parameters<typeof problemOfPart>[0], value: string) => problemOfPart(part, { ...NOTHING, appId: value, appSecret: value, redirect: value, address: value })?.replace("connect.instagram_code.", "") ?? null;
    expect(of("app_id", "99060")).toBeNull();
    expect(of("app_id", "my app")).toBe("app_id.odd");
    expect(of("app_secret", " ")).toBe("app_secret.missing");
    expect(of("app_secret", "two words")).toBe("app_secret.odd");
    expect(of("redirect", ` ${REDIRECT} `)).toBeNull();
    for (const odd of ["http://oakmere.example/", "oakmere.example", `${REDIRECT}#_`, "https://me@oakmere.example/"]) expect(of("redirect", odd)).toBe("redirect.odd");
    expect(of("address", ended("code=1&state=2"))).toBeNull();
    expect(of("address", ended("error=access_denied"))).toBeNull();
    expect(of("address", "AQBkettle")).toBe("address.odd");
    expect(of("address", REDIRECT)).toBe("address.no_code");
    expect(of("address", "https://www.instagram.com/oauth/authorize?client_id=1&response_type=code")).toBe("address.early");
    expect(of("open", "")).toBeNull();
  });
});

describe("connecting Instagram through a Facebook Page", () => {
  const throughPage = (options = {}) => openWizard("Instagram", options, /Through a Facebook Page/);

  it("lets the person choose among several Pages", async () => {
    const { engine, user, paste } = await throughPage();
    const call = vi.spyOn(engine, "call");
    expect(screen.getByText("instagram_manage_comments"), "the guide names what to allow").toBeInTheDocument();
    await paste("connect-token", WHOLE);
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "Which Page?" })).toHaveFocus();
    await user.click(screen.getByRole("radio", { name: /Oakmere auf Deutsch \(@oakmere\.de\)/ }));
    await user.click(screen.getByRole("button", { name: /^Connect/ }));
    expect(await screen.findByRole("heading", { name: "oakmere.instagram is connected" })).toBeInTheDocument();
    expect(call).toHaveBeenCalledWith("connect_account", { way: "instagram_page", token: WHOLE, page_id: null });
    expect(call).toHaveBeenCalledWith("connect_account", { way: "instagram_page", token: WHOLE, page_id: "103" });
    const [card] = (await engine.call("list_accounts", null)).accounts;
    expect([card?.token_expires_at, card?.renews_itself], "it does not end").toEqual([null, false]);
  });

  it("asks for no Page when the token is that of one", async () => {
    const { user, paste } = await throughPage();
    await paste("connect-token", `PAGE${WHOLE}`);
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "oakmere.instagram is connected" })).toBeInTheDocument();
  });

  it("says which Page has no account linked to it", async () => {
    const { user, paste } = await throughPage();
    await paste("connect-token", `UNLINKED${WHOLE}`);
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent('The page "Oakmere Outlet" has no Instagram account linked to it');
    expect(screen.getByTestId("connect-token")).toHaveFocus();
  });

  it("names the permission of the Page's token that is missing", async () => {
    const { user, paste } = await throughPage();
    await paste("connect-token", `LIMITED${WHOLE}`);
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "1 permission is missing" })).toHaveFocus();
    expect(screen.getByText("instagram_manage_comments").closest("li")).toHaveAttribute("data-granted", "no");
    await user.keyboard("{Enter}");
    expect(await screen.findByTestId("connect-token")).toHaveValue("");
  });

  it("speaks Russian", async () => {
    const { user } = await ready(openWindow({ settings: { language: "ru" } }));
    await user.keyboard("gs");
    await user.click(await screen.findByTestId("accounts-connect"));
    await user.keyboard("{Enter}");
    await user.click(screen.getByRole("radio", { name: /Через страницу Facebook/ }));
    await user.click(screen.getByRole("button", { name: /Дальше/ }));
    expect(await screen.findByRole("heading", { name: "Получите токен страницы, с которой связан профиль" })).toBeInTheDocument();
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
