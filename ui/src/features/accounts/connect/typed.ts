import type { ConnectAccount } from "@/contract/contract";
import type { Connectable } from "../standing";

/** What a person gives to connect an account, as it stands in the fields. */
export interface Typed {
  token: string;
  clientId: string;
  clientSecret: string;
  botToken: string;
  /** The channel or its discussion group. */
  chat: string;
}

export const NOTHING: Typed = { token: "", clientId: "", clientSecret: "", botToken: "", chat: "" };

export type Problems = Partial<Record<keyof Typed, string>>;

const CLIENT_ID_ENDS = ".apps.googleusercontent.com";

/** As BotFather gives it: the number of the bot, a colon, and the key. */
const BOT_TOKEN = /^\d+:[\w-]{20,}$/u;
const CHAT = /^(-?\d+|@?\w{4,}|(https:\/\/)?t\.me\/\w{4,}\/?)$/u;

const odd = (value: string) => /\s/u.test(value.trim());

/** What can be told about a value without asking the platform; the words are keys of the catalogue. */
export function problemsOf(platform: Connectable, typed: Typed): Problems {
  if (platform === "telegram") return telegramProblems(typed);
  if (platform !== "youtube") {
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

/** `page` is one of the Pages of a Facebook token; nothing else has any. */
export function requestOf(platform: Connectable, typed: Typed, page: string | null): ConnectAccount {
  switch (platform) {
    case "instagram":
      return { way: "instagram_token", token: typed.token.trim() };
    case "facebook":
      return { way: "facebook_token", token: typed.token.trim(), page_id: page };
    case "youtube":
      return { way: "youtube", client_id: typed.clientId.trim(), client_secret: typed.clientSecret.trim() };
    case "telegram":
      return { way: "telegram", bot_token: typed.botToken.trim(), chat: typed.chat.trim() };
  }
}
