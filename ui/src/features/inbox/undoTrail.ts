import type { Stage } from "@/contract/contract";

/** One thing that was done and can be taken back, or several that were done at one stroke. */
export interface Done {
  readonly id: number;
  readonly items: readonly DoneItem[];
}

export interface DoneItem {
  comment: number;
  /** Of the outbox; `null` for an act that stays inside the app. */
  action: number | null;
  /** Where an act inside the app left the comment; done where it is not said. */
  stage?: Stage;
}

const KEPT = 50;

/**
 * What this window did, newest last: the same order in which the engine takes acts back. It says what `z` would
 * undo, so that the key is shown on nothing else.
 */
export class UndoTrail {
  private done: readonly Done[] = [];
  private next = 1;
  private listeners = new Set<() => void>();

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** What `z` takes back; `null` when this window did nothing that could be. */
  newest = (): Done | null => this.done.at(-1) ?? null;

  add(items: readonly DoneItem[]): Done {
    const done = { id: this.next++, items };
    if (items.length > 0) this.set([...this.done, done].slice(-KEPT));
    return done;
  }

  isNewest(done: Done): boolean {
    return this.newest()?.id === done.id;
  }

  remove(done: Done): void {
    this.set(this.done.filter((each) => each.id !== done.id));
  }

  /** The engine took back the newest act of this comment, so whatever was done later had been overtaken. */
  tookBack(comment: number): void {
    const at = this.done.findLastIndex((each) => each.items.some((item) => item.comment === comment));
    this.set(at < 0 ? [] : this.done.slice(0, at));
  }

  /** This action alone was cancelled. */
  cancelled(action: number): void {
    this.keepItems((item) => item.action !== action);
  }

  /** The comment was changed in a way that takes its earlier acts out of reach of undo. */
  overtaken(comment: number): void {
    this.keepItems((item) => item.action !== null || item.comment !== comment);
  }

  private keepItems(keep: (item: DoneItem) => boolean): void {
    if (this.done.every((each) => each.items.every(keep))) return;
    this.set(this.done.map((each) => (each.items.every(keep) ? each : { ...each, items: each.items.filter(keep) })).filter((each) => each.items.length > 0));
  }

  private set(done: readonly Done[]): void {
    this.done = done;
    for (const listener of this.listeners) listener();
  }
}
