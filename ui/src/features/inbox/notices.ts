import { createContext, use } from "react";
import type { Done } from "./undoTrail";

export interface Notice {
  id: number;
  tone: "plain" | "warn" | "bad";
  title: string;
  text?: string;
  /** The engine's own words. */
  said?: string;
  action?: { label: string; run: () => void };
  /** What the notice is about can be taken back. */
  undo?: { done: Done; run: () => void };
}

const SHOWN_MS = 6_000;

/** What the window says about what just happened: notices in the dock, and words for the live region. */
export class Notices {
  private list: Notice[] = [];
  private words = "";
  private next = 1;
  private listeners = new Set<() => void>();

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };
  all = () => this.list;
  spoken = () => this.words;

  show(notice: Omit<Notice, "id">, shownMs = SHOWN_MS): void {
    const id = this.next++;
    // One plain notice at a time; failures stay until they are read.
    this.list = [...this.list.filter((each) => each.tone !== "plain"), { ...notice, id }].slice(-3);
    this.tell();
    if (notice.tone === "plain") {
      setTimeout(() => {
        this.drop(id);
      }, shownMs);
    }
  }

  drop(id: number): void {
    this.keep((notice) => notice.id !== id);
  }

  /** Something newer was done, or it was taken back: the offer to undo no longer holds. */
  dropUndo(): void {
    this.keep((notice) => notice.undo === undefined);
  }

  /** For people who cannot see the card change. */
  say(words: string): void {
    // The same words twice in a row would not be read again.
    this.words = words === this.words ? `${words}\u00a0` : words;
    this.tell();
  }

  private keep(wanted: (notice: Notice) => boolean): void {
    if (this.list.every(wanted)) return;
    this.list = this.list.filter(wanted);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

export const NoticesContext = createContext<Notices | null>(null);

export function useNotices(): Notices {
  const notices = use(NoticesContext);
  if (!notices) throw new Error("useNotices needs the inbox above it");
  return notices;
}
