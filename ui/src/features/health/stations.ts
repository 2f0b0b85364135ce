import type { TraceEntry, TraceStage } from "@/contract/contract";

/** What one stage did with a comment, and how long that took since the stage before. */
export interface Station {
  stage: TraceStage;
  entries: TraceEntry[];
  /** When it ended what the stage did last. */
  at: number;
  took_ms: number;
  /** Of the time that the machine needed, 0..=1; a person's time is not on that scale. */
  from: number;
  to: number;
}

export interface Way {
  stations: Station[];
  machine_ms: number;
  person_ms: number;
}

/** Time in which a person thinks, or has left to take it back: not the machine's. */
const PERSON: ReadonlySet<TraceStage> = new Set(["review"]);

/** Gathers what follows each other in one stage: a comment may pass a stage more than once. */
export function wayOf(entries: TraceEntry[]): Way {
  const stations: Station[] = [];
  let before = entries[0]?.at ?? 0;
  for (const entry of entries) {
    const last = stations.at(-1);
    if (last?.stage === entry.stage) {
      last.entries.push(entry);
      last.took_ms += entry.at - before;
      last.at = entry.at;
    } else stations.push({ stage: entry.stage, entries: [entry], at: entry.at, took_ms: entry.at - before, from: 0, to: 0 });
    before = entry.at;
  }
  const sum = (of: Station[]) => of.reduce((total, each) => total + each.took_ms, 0);
  const machine = stations.filter((each) => !PERSON.has(each.stage));
  const machine_ms = sum(machine);
  let passed = 0;
  for (const station of machine) {
    station.from = machine_ms === 0 ? 0 : passed / machine_ms;
    passed += station.took_ms;
    station.to = machine_ms === 0 ? 0 : passed / machine_ms;
  }
  return { stations, machine_ms, person_ms: sum(stations) - machine_ms };
}
