/** Dates and numbers in the window's language. All times are milliseconds since the epoch. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The region whose dates and relative times fit the words of the window. */
export function localeOf(language: string): string {
  return language === "en" ? "en-GB" : language;
}

export type Age = { unit: "now" | "minutes" | "hours" | "days"; count: number } | { unit: "date"; count: 0 };

/** Age for the narrow column of the list; a date once it is older than a week. */
export function ageOf(at: number, now: number): Age {
  const passed = Math.max(0, now - at);
  if (passed < MINUTE) return { unit: "now", count: 0 };
  if (passed < HOUR) return { unit: "minutes", count: Math.floor(passed / MINUTE) };
  if (passed < DAY) return { unit: "hours", count: Math.floor(passed / HOUR) };
  if (passed < 7 * DAY) return { unit: "days", count: Math.floor(passed / DAY) };
  return { unit: "date", count: 0 };
}

export function shortDate(at: number, language: string, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(localeOf(language), {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(at);
}

/** The month as it stands in a date ("с марта", not "с март"); with its year when that is another one. */
export function monthOf(at: number, language: string, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const parts = new Intl.DateTimeFormat(localeOf(language), { day: "numeric", month: "long", year: "numeric" }).formatToParts(at);
  const part = (type: "month" | "year") => parts.find((each) => each.type === type)?.value ?? "";
  return sameYear ? part("month") : `${part("month")} ${part("year")}`;
}

export function ago(at: number, language: string, now: number): string {
  const passed = now - at;
  const words = new Intl.RelativeTimeFormat(localeOf(language), { style: "short", numeric: "auto" });
  if (passed < MINUTE) return words.format(0, "second");
  if (passed < HOUR) return words.format(-Math.floor(passed / MINUTE), "minute");
  if (passed < DAY) return words.format(-Math.floor(passed / HOUR), "hour");
  if (passed < 7 * DAY) return words.format(-Math.floor(passed / DAY), "day");
  return shortDate(at, language, now);
}

/** "in 22 min", "in 5 days"; what has passed counts as now. */
export function ahead(at: number, language: string, now: number): string {
  const left = Math.max(0, at - now);
  const words = new Intl.RelativeTimeFormat(localeOf(language), { style: "short", numeric: "always" });
  if (left < MINUTE) return words.format(Math.ceil(left / 1000), "second");
  if (left < HOUR) return words.format(Math.round(left / MINUTE), "minute");
  if (left < DAY) return words.format(Math.round(left / HOUR), "hour");
  return words.format(Math.floor(left / DAY), "day");
}

export function hourAndMinute(at: number, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { hour: "2-digit", minute: "2-digit" }).format(at);
}

/** As a date field takes it, in the person's own days. */
export function dayOf(at: number): string {
  const day = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${String(day.getFullYear()).padStart(4, "0")}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** The first moment of a day as `dayOf` writes it; `null` for anything else. */
export function startOfDay(day: string): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(day);
  if (!parts) return null;
  const at = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])).getTime();
  return Number.isNaN(at) || dayOf(at) !== day ? null : at;
}

export function clock(at: number, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).format(at);
}

export function dayAndTime(at: number, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(at);
}

export function inAnHour(now: number): number {
  return now + HOUR;
}

export function tomorrowAtNine(now: number): number {
  const day = new Date(now);
  day.setDate(day.getDate() + 1);
  day.setHours(9, 0, 0, 0);
  return day.getTime();
}

export function nextMondayAtNine(now: number): number {
  const day = new Date(now);
  const ahead = (8 - day.getDay()) % 7 || 7;
  day.setDate(day.getDate() + ahead);
  day.setHours(9, 0, 0, 0);
  return day.getTime();
}

export function languageName(code: string, inLanguage: string): string | null {
  if (code === "und" || code === "") return null;
  try {
    return new Intl.DisplayNames([inLanguage], { type: "language", fallback: "none" }).of(code) ?? null;
  } catch {
    return null;
  }
}

export function confidencePercent(confidence: number): number {
  return Math.round(confidence * 100);
}
