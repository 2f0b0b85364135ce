import type { ConnectAccount } from "@/contract/contract";
import type { AppPart, Way } from "./ways";

/** What a person gives to connect an account, as it stands in the fields. */
export interface Typed {
  token: string;
  clientId: string;
  clientSecret: string;
  botToken: string;
  /** The channel or its discussion group. */
  chat: string;
  appId: string;
  appSecret: string;
  /** Registered for the app; the browser ends there after the sign-in. */
  redirect: string;
  /** Where the browser ended, the whole of it. */
  address: string;
}

export const NOTHING: Typed = { token: "", clientId: "", clientSecret: "", botToken: "", chat: "", appId: "", appSecret: "", redirect: "", address: "" };

/** The field of each part; signing in itself has none. */
export const FIELD_OF = { app_id: "appId", app_secret: "appSecret", redirect: "redirect", address: "address" } as const satisfies Record<Exclude<AppPart, "open">, keyof Typed>;

export type Problems = Partial<Record<keyof Typed, string>>;

const CLIENT_ID_ENDS = ".apps.googleusercontent.com";

/** As BotFather gives it: the number of the bot, a colon, and the key. */
const BOT_TOKEN = /^\d+:[\w-]{20,}$/u;
const CHAT = /^(-?\d+|@?\w{4,}|(https:\/\/)?t\.me\/\w{4,}\/?)$/u;

const odd = (value: string) => /\s/u.test(value.trim());

/** What can be told about a value without asking the platform; the words are keys of the catalogue. */
export function problemsOf(way: Way, typed: Typed): Problems {
  if (way === "telegram") return telegramProblems(typed);
  if (way !== "youtube") {
    if (typed.token.trim() === "") return { token: "start.token_missing" };
    return odd(typed.token) ? { token: "start.token_odd" } : {};
  }
  const problems: Problems = {};
  const id = typed.clientId.trim();
  if (id === "") problems.clientId = "connect.client_id_missing";
  else if (odd(id) || !id.endsWith(CLIENT_ID_ENDS)) problems.clientId = "connect.client_id_odd";
  if (typed.clientSecret.trim() === "") problems.clientSecret = "connect.client_secret_missing";
  else if (odd(typed.clientSecret)) problems.clientSecret = "connect.client_secret_odd";
  return problems;
}

function telegramProblems({ botToken, chat }: Typed): Problems {
  const problems: Problems = {};
  if (botToken.trim() === "") problems.botToken = "connect.bot_token_missing";
  else if (!BOT_TOKEN.test(botToken.trim())) problems.botToken = "connect.bot_token_odd";
  if (chat.trim() === "") problems.chat = "connect.chat_missing";
  else if (!CHAT.test(chat.trim())) problems.chat = "connect.chat_odd";
  return problems;
}

/** Of one part of the way through the user's own Meta app; `null` where nothing can be said against it. */
export function problemOfPart(part: AppPart, typed: Typed): string | null {
  if (part === "open") return null;
  const value = typed[FIELD_OF[part]].trim();
  if (value === "") return `connect.instagram_code.${part}.missing`;
  switch (part) {
    case "app_id":
      return /^\d+$/u.test(value) ? null : "connect.instagram_code.app_id.odd";
    case "app_secret":
      return odd(value) ? "connect.instagram_code.app_secret.odd" : null;
    case "redirect":
      return isRedirect(value) ? null : "connect.instagram_code.redirect.odd";
    case "address":
      return addressProblem(value);
  }
}

function parsed(value: string): URL | null {
  return URL.canParse(value) ? new URL(value) : null;
}

function isRedirect(value: string): boolean {
  const address = parsed(value);
  return !odd(value) && address?.protocol === "https:" && !value.includes("#") && address.username === "";
}

function addressProblem(value: string): string | null {
  const address = parsed(value);
  if (!address) return "connect.instagram_code.address.odd";
  const told = address.searchParams;
  // What was declined has no code; the engine says what was declined.
  if (told.has("code") || told.has("error") || told.has("error_description")) return null;
  return told.has("client_id") ? "connect.instagram_code.address.early" : "connect.instagram_code.address.no_code";
}

/** `page` is one of the Pages that a Facebook token leads to; nothing else has any. */
export function requestOf(way: Way, typed: Typed, page: string | null): ConnectAccount {
  switch (way) {
    case "instagram_token":
      return { way, token: typed.token.trim() };
    case "instagram_code":
      return { way, app_id: typed.appId.trim(), app_secret: typed.appSecret.trim(), redirect: typed.redirect.trim(), address: typed.address.trim() };
    case "instagram_page":
    case "facebook_token":
      return { way, token: typed.token.trim(), page_id: page };
    case "youtube":
      return { way, client_id: typed.clientId.trim(), client_secret: typed.clientSecret.trim() };
    case "telegram":
      return { way, bot_token: typed.botToken.trim(), chat: typed.chat.trim() };
  }
}
