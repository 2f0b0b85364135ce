import { expect, it } from "vitest";
import { paceOf } from "./pace";

it("tells the pace from the first minute and the first comment on", () => {
  expect(paceOf(5, 59_000), "less than a minute says nothing").toBeNull();
  expect(paceOf(0, 600_000)).toBeNull();
  expect(paceOf(34, 12 * 60_000)).toEqual({ minutes: 12, perMinute: 2.8 });
  expect(paceOf(-2, 600_000), "taken back").toBeNull();
});
