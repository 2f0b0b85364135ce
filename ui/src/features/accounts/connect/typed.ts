import type { ConnectAccount } from "@/contract/contract";
import type { Connectable } from "../standing";

/** What a person gives to connect an account, as it stands in the fields. */
export interface Typed {
  token: string;
  clientId: string;
  clientSecret: string;
}

export type Problems = Partial<Record<keyof Typed, string>>;

const CLIENT_ID_ENDS = ".apps.googleusercontent.com";

const odd = (value: string) => /\s/u.test(value.trim());

/** What can be told about a value without asking the platform; the words are keys of the catalogue. */
export function problemsOf(platform: Connectable, typed: Typed): Problems {
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

/** `page` is one of the Pages of a Facebook token; nothing else has any. */
export function requestOf(platform: Connectable, typed: Typed, page: string | null): ConnectAccount {
  switch (platform) {
    case "instagram":
      return { way: "instagram_token", token: typed.token.trim() };
    case "facebook":
      return { way: "facebook_token", token: typed.token.trim(), page_id: page };
    case "youtube":
      return { way: "youtube", client_id: typed.clientId.trim(), client_secret: typed.clientSecret.trim() };
  }
}
