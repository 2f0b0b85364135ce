import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asSentence } from "./text";

/**
 * What the engine said, beside the window's own words. The engine speaks English: in a window of another language its
 * words wait behind a disclosure, so that the headline is always one the person can read.
 */
export function Said({ words, open = false, children }: { words: string | null | undefined; /** The words alone tell what to do. */ open?: boolean; children?: ReactNode }) {
  const { t, i18n } = useTranslation();
  const own = i18n.language === "en";
  const sentence = words ? asSentence(words) : "";
  return (
    <>
      {(own && sentence) || children ? (
        <p>
          {own && sentence ? `${sentence} ` : ""}
          {children}
        </p>
      ) : null}
      {!own && sentence ? (
        <details className="said" open={open}>
          <summary>{t("common.details")}</summary>
          <p lang="en" dir="auto">
            {sentence}
          </p>
        </details>
      ) : null}
    </>
  );
}
