import type { CommandError, ConnectAccount } from "@/contract/contract";
import type { Connectable } from "../standing";

export type Way = ConnectAccount["way"];

/** How a platform is signed in to, the recommended way first. */
export const WAYS: Record<Connectable, readonly [Way, ...Way[]]> = {
  instagram: ["instagram_token", "instagram_code", "instagram_page"],
  facebook: ["facebook_token"],
  youtube: ["youtube"],
  telegram: ["telegram"],
};

/** Where the catalogue has the words of a way. */
export const WORDS: Record<Way, string> = {
  instagram_token: "instagram",
  instagram_code: "instagram_code",
  instagram_page: "instagram_page",
  facebook_token: "facebook",
  youtube: "youtube",
  telegram: "telegram",
};

/** There is more than one way, so the person is asked. */
export function asksWay(platform: Connectable): boolean {
  return WAYS[platform].length > 1;
}

/** A token can lead to several Pages. */
export function hasPages(way: Way): boolean {
  return way === "facebook_token" || way === "instagram_page";
}

/** What signing in with the user's own Meta app takes, one at a time and in this order. */
export const APP_PARTS = ["app_id", "app_secret", "redirect", "open", "address"] as const;
export type AppPart = (typeof APP_PARTS)[number];

/** The value that the engine refused, which it names first: "redirect: an https address …". */
export function refusedPart({ code, message }: CommandError): AppPart | null {
  if (code !== "invalid") return null;
  const name = message.split(":", 1)[0];
  return APP_PARTS.find((part) => part === name) ?? null;
}
