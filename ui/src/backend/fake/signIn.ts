import type { BeginInstagramSignIn, CommandError, ConnectAccount, PageChoice, SignInAddress } from "@/contract/contract";

/** The ways to an account that take more than a pasted key. */

type Of<W extends ConnectAccount["way"]> = Extract<ConnectAccount, { way: W }>;

const HOUR = 60 * 60_000;

function invalid(message: string): CommandError {
  return { code: "invalid", message };
}

function checkApp({ app_id, redirect }: BeginInstagramSignIn): void {
  if (!/^\d+$/u.test(app_id)) throw invalid('app_id: the "Instagram app ID" of your Meta app has digits only');
  if (!redirect.startsWith("https://") || redirect.includes("#")) throw invalid("redirect: an https address as it is registered for your Meta app");
}

/** Signing in with the user's own Meta app: begun here, and finished with the address that the browser ended at. */
export function instagramSignIn(now: () => number) {
  let pending: { app_id: string; redirect: string; state: string; at: number } | null = null;
  let begun = 0;
  return {
    begin: (request: BeginInstagramSignIn): SignInAddress => {
      checkApp(request);
      begun += 1;
      pending = { ...request, state: `oakmere${String(begun)}`, at: now() };
      const asked = new URLSearchParams({ client_id: request.app_id, redirect_uri: request.redirect, response_type: "code", scope: "instagram_business_basic,instagram_business_manage_comments", state: pending.state });
      return { address: `https://www.instagram.com/oauth/authorize?${asked.toString()}` };
    },
    /** Throws unless Instagram takes the code; then the sign-in is spent. */
    check: (request: Of<"instagram_code">): void => {
      checkApp(request);
      const same = pending?.app_id === request.app_id && pending.redirect === request.redirect;
      if (!pending || !same || now() - pending.at >= HOUR) throw invalid("address: it belongs to no sign-in that was begun here with this app within the last hour; begin it again");
      const told = URL.canParse(request.address) ? new URL(request.address).searchParams : null;
      if (!told) throw invalid("address: this is not the address that Instagram redirected to");
      if (told.get("state") !== pending.state) throw invalid("address: the address belongs to another sign-in");
      const declined = told.get("error_description") ?? told.get("error");
      if (declined) throw invalid(`address: the sign-in was declined: ${declined}`);
      const code = told.get("code");
      if (!code) throw invalid("address: this is not the address that Instagram redirected to");
      if (code.startsWith("OLD")) throw refused("This authorization code has expired");
      if (request.app_secret.length < 8) throw refused("Error validating client secret");
      pending = null;
    },
  };
}

function refused(why: string): CommandError {
  return { code: "sign_in_refused", message: `Instagram refuses the sign-in (${why})` };
}

const PAGES: PageChoice[] = [
  { id: "101", name: "Oakmere Kitchen", can_moderate: true },
  { id: "103", name: "Oakmere auf Deutsch", can_moderate: true },
  { id: "102", name: "Oakmere Outlet", can_moderate: false },
];
const LINKED: Record<string, string> = { "101": "oakmere", "103": "oakmere.de" };

/** Those to choose from; `null` when one is chosen, or the token is that of a Page. */
export function pagesOf({ way, token, page_id }: Of<"facebook_token" | "instagram_page">): PageChoice[] | null {
  if (way === "instagram_page" && token.startsWith("UNLINKED"))
    throw invalid('the page "Oakmere Outlet" has no Instagram account linked to it; link a professional account in the page\'s settings');
  if (page_id !== null) {
    if (!PAGES.some((page) => page.id === page_id)) throw invalid(`page_id: ${page_id} is none of the pages that this token manages`);
    return null;
  }
  if (token.startsWith("PAGE")) return null;
  return way === "facebook_token" ? PAGES : PAGES.flatMap((page) => (LINKED[page.id] ? [{ ...page, name: `${page.name} (@${LINKED[page.id] ?? ""})` }] : []));
}
