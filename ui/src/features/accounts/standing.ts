import type { TFunction } from "i18next";
import { Check, Clock, Pause, RefreshCw, TriangleAlert, Unplug, type LucideIcon } from "lucide-react";
import type { AccountCard, PermissionView, PlatformName } from "@/contract/contract";
import { ahead } from "@/shared/time";

const DAY_MS = 86_400_000;
/** From here on an access that does not renew itself is told of. */
const ENDS_SOON_MS = 7 * DAY_MS;

export interface Standing {
  tone: "ok" | "warn" | "bad" | "idle";
  icon: LucideIcon;
  words: string;
}

/** Platforms that the window can sign in to. */
export const CONNECTABLE = ["instagram", "facebook", "youtube", "telegram"] as const satisfies readonly PlatformName[];
export type Connectable = (typeof CONNECTABLE)[number];

export function isConnectable(platform: PlatformName): platform is Connectable {
  return (CONNECTABLE as readonly PlatformName[]).includes(platform);
}

export function missingOf(permissions: PermissionView[]): PermissionView[] {
  return permissions.filter((each) => each.granted === "no");
}

export function endsSoon(card: AccountCard, now: number): boolean {
  return card.token_expires_at !== null && !card.renews_itself && card.token_expires_at - now <= ENDS_SOON_MS;
}

/** Something here waits for the person: only a new sign-in or a new permission helps. */
export function needsPerson(card: AccountCard, now: number): boolean {
  if (card.disconnected) return false;
  return card.connection === "signed_out" || endsSoon(card, now) || missingOf(card.permissions).some((each) => each.needed_for !== "private_reply");
}

/** The one line about an account: what matters most comes first. */
export function standingOf(card: AccountCard, t: TFunction, language: string, now: number): Standing {
  const missing = missingOf(card.permissions).filter((each) => each.needed_for !== "private_reply").length;
  if (card.disconnected) return { tone: "idle", icon: Unplug, words: t("account.state.disconnected") };
  if (card.connection === "signed_out") return { tone: "bad", icon: TriangleAlert, words: t("account.state.signed_out") };
  if (card.paused_by_user) return { tone: "idle", icon: Pause, words: t("account.state.paused") };
  if (card.connection === "troubled") return { tone: "warn", icon: Clock, words: t("connection.troubled") };
  if (missing > 0) return { tone: "warn", icon: TriangleAlert, words: t("account.state.missing", { count: missing }) };
  if (endsSoon(card, now) && card.token_expires_at !== null) return { tone: "warn", icon: Clock, words: t("account.state.ends", { when: ahead(card.token_expires_at, language, now) }) };
  if (card.quota && card.quota.units_left <= card.quota.reserve_units) return { tone: "warn", icon: Clock, words: t("account.state.units_low", { count: card.quota.replies_possible }) };
  if (card.import.state === "running") return { tone: "ok", icon: RefreshCw, words: t("account.state.importing") };
  if (card.connection === "syncing" || card.connection === "waiting") return { tone: "idle", icon: RefreshCw, words: t(`connection.${card.connection}`) };
  return { tone: "ok", icon: Check, words: t("connection.connected") };
}

/** As people read it: Google's is an address. */
export function permissionName(name: string): string {
  return name.replace("https://www.googleapis.com/auth/", "");
}
