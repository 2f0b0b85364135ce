import type { TFunction } from "i18next";
import { localeOf } from "@/shared/time";

/** Keys whose values have words of their own, with the catalogue of them. */
const VALUES: Record<string, string | null> = { label: "label", label_was: "label", reason: "badge", kind: "outcome.kind", model: null };
/** Keys whose values do not say enough alone. */
const NAMED = new Set(["label_was"]);

const TOKEN = /^[a-z_]+$/u;

/** The engine tells facts as `key: value`, and who or which kind alone; what the window has no words for stands as it is. */
export function detailWords(t: TFunction, detail: string, language: string): string {
  if (detail === "") return "";
  return detail
    .split(" · ")
    .map((part) => {
      const [, key, value] = /^([a-z_]+): (.+)$/su.exec(part) ?? [];
      if (key === undefined || value === undefined) return aloneWords(t, part);
      if (key === "confidence" && Number.isFinite(Number(value))) return new Intl.NumberFormat(localeOf(language), { style: "percent" }).format(Number(value));
      const catalogue = VALUES[key];
      const said = catalogue && TOKEN.test(value) ? t(`${catalogue}.${value}`, { defaultValue: value }) : value;
      return key in VALUES && !NAMED.has(key) ? said : `${t(`health.fact.${key}`, { defaultValue: key })}: ${said}`;
    })
    .join(" · ");
}

function aloneWords(t: TFunction, part: string): string {
  if (/^\d+$/u.test(part)) return t("health.attempt", { number: part });
  if (!TOKEN.test(part)) return part;
  return t(`health.actor.${part}`, { defaultValue: t(`outcome.kind.${part}`, { defaultValue: part }) });
}
