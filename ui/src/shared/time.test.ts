import { describe, expect, it } from "vitest";
import { ago, ageOf, languageName, monthOf, nextMondayAtNine, tomorrowAtNine } from "./time";

const at = (text: string) => new Date(text).getTime();

describe("time", () => {
  it("shows a short age, and a date once a week has passed", () => {
    const now = at("2026-03-10T12:00:00");
    expect(ageOf(now - 30_000, now).unit).toBe("now");
    expect(ageOf(now - 4 * 60_000, now)).toEqual({ unit: "minutes", count: 4 });
    expect(ageOf(now - 8 * 86_400_000, now).unit).toBe("date");
    expect(ageOf(now + 5_000, now).unit, "a clock ahead of ours is now, not minus").toBe("now");
  });

  it("finds the next Monday even on a Monday", () => {
    const monday = at("2026-03-09T08:00:00");
    expect(new Date(nextMondayAtNine(monday)).getTime()).toBe(at("2026-03-16T09:00:00"));
    const sunday = at("2026-03-08T23:00:00");
    expect(nextMondayAtNine(sunday)).toBe(at("2026-03-09T09:00:00"));
    expect(tomorrowAtNine(sunday)).toBe(at("2026-03-09T09:00:00"));
  });

  it("names languages, and none for an undetermined one", () => {
    expect(languageName("kk", "en")).toBe("Kazakh");
    expect(languageName("und", "en")).toBeNull();
  });

  it("bends the month as a date does, and leaves the year out while it is this one", () => {
    const now = at("2026-08-10T12:00:00");
    expect(monthOf(at("2026-03-02T12:00:00"), "ru", now)).toBe("марта");
    expect(monthOf(at("2025-05-02T12:00:00"), "ru", now)).toBe("мая 2025");
    expect(monthOf(at("2025-05-02T12:00:00"), "en", now)).toBe("May 2025");
  });

  it("shortens hours without a full stop, as the dates beside them", () => {
    const now = at("2026-03-10T12:00:00");
    expect(ago(now - 3 * 3_600_000, "en", now)).toBe("3 hr ago");
    expect(ago(now - 3 * 3_600_000, "ru", now)).toBe("3 ч назад");
  });
});
