import { useEffect, useLayoutEffect, useState } from "react";
import type { Appearance } from "@/contract/contract";
import { resolveLanguage, setLanguage } from "@/shared/i18n";

function systemIsDark(): boolean {
  return typeof matchMedia === "function" && matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Puts theme, language and face on the document, following the system where the person left it to that. */
export function useAppearance(appearance: Pick<Appearance, "theme" | "language"> | undefined): void {
  const [dark, setDark] = useState(systemIsDark);
  useEffect(() => {
    if (typeof matchMedia !== "function") return;
    const query = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => {
      setDark(query.matches);
    };
    query.addEventListener("change", follow);
    return () => {
      query.removeEventListener("change", follow);
    };
  }, []);

  const theme = appearance?.theme ?? "system";
  const language = appearance?.language ?? "system";
  useLayoutEffect(() => {
    const root = document.documentElement;
    root.dataset.theme = theme === "system" ? (dark ? "dark" : "light") : theme;
    if (/Linux/u.test(navigator.userAgent)) root.dataset.face = "bundled";
  }, [theme, dark]);
  useLayoutEffect(() => {
    setLanguage(resolveLanguage(language));
  }, [language]);
}
