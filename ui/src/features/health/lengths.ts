import { useTranslation } from "react-i18next";
import { localeOf } from "@/shared/time";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A length of time in words; a dash where there is none. */
export function useLength(): (ms: number | null) => string {
  const { t, i18n } = useTranslation();
  return (ms) => {
    if (ms === null) return "–";
    const number = (value: number) => new Intl.NumberFormat(localeOf(i18n.language), { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
    if (ms < SECOND) return t("health.ms", { value: number(Math.round(ms)) });
    if (ms < MINUTE) return t("health.seconds", { value: number(ms / SECOND) });
    if (ms < 2 * HOUR) return t("health.minutes", { value: number(ms / MINUTE) });
    return ms < 48 * HOUR ? t("health.hours", { value: number(ms / HOUR) }) : t("health.days", { value: number(ms / (24 * HOUR)) });
  };
}
