import { describe, expect, it } from "vitest";
import type { TraceEntry, TraceStage } from "@/contract/contract";
import { wayOf } from "./stations";

const entry = (at: number, stage: TraceStage, what = "stored"): TraceEntry => ({ at, stage, what, detail: "" });

describe("the way of a comment", () => {
  it("gathers what follows each other in a stage and measures from the stage before", () => {
    const { stations } = wayOf([entry(1_000, "arrive"), entry(1_100, "understand"), entry(4_100, "draft", "failed_try"), entry(6_000, "draft", "drafted")]);
    expect(stations.map(({ stage, took_ms, entries }) => [stage, took_ms, entries.length])).toEqual([
      ["arrive", 0, 1],
      ["understand", 100, 1],
      ["draft", 4_900, 2],
    ]);
  });

  it("keeps a person's time off the machine's scale", () => {
    const way = wayOf([entry(0, "arrive"), entry(1_000, "draft"), entry(301_000, "review", "approved"), entry(304_000, "post", "confirmed")]);
    expect([way.machine_ms, way.person_ms]).toEqual([4_000, 300_000]);
    expect(way.stations.find((each) => each.stage === "post")).toMatchObject({ from: 0.25, to: 1 });
  });

  it("has a second place for a stage that is passed again", () => {
    const { stations } = wayOf([entry(0, "arrive"), entry(10, "draft"), entry(20, "review"), entry(30, "draft"), entry(40, "review")]);
    expect(stations.map((each) => each.stage)).toEqual(["arrive", "draft", "review", "draft", "review"]);
  });

  it("is empty for a comment without entries", () => {
    expect(wayOf([])).toEqual({ stations: [], machine_ms: 0, person_ms: 0 });
  });
});
