import type { DraftView } from "@/contract/contract";

export type SaveState = "idle" | "waiting" | "saving" | "failed";

interface Sheet {
  text: string;
  state: SaveState;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** When the oldest word that is not saved yet was typed. */
  since: number;
  inFlight: Promise<void> | undefined;
}

const PAUSE_MS = 500;
/** Whoever types on without a pause is saved as well. */
const LONGEST_MS = 2_000;

/**
 * Keeps what a person types until the engine has it. A text leaves the desk only once it is saved or sent, so
 * neither a failed call nor going to another card loses a word.
 */
export class DraftDesk {
  private sheets = new Map<number, Sheet>();
  private listeners = new Set<() => void>();

  constructor(
    private readonly save: (comment: number, text: string) => Promise<DraftView>,
    private readonly saved: (comment: number, draft: DraftView) => void,
    private readonly failed: (comment: number, error: unknown) => void,
  ) {}

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  text(comment: number): string | undefined {
    return this.sheets.get(comment)?.text;
  }

  state(comment: number): SaveState {
    return this.sheets.get(comment)?.state ?? "idle";
  }

  write(comment: number, text: string): void {
    const now = Date.now();
    const sheet = this.sheets.get(comment) ?? { text, state: "idle", timer: undefined, since: now, inFlight: undefined };
    clearTimeout(sheet.timer);
    if (sheet.state !== "waiting") sheet.since = now;
    sheet.text = text;
    sheet.state = "waiting";
    sheet.timer = setTimeout(() => {
      void this.flush(comment);
    }, Math.max(0, Math.min(PAUSE_MS, sheet.since + LONGEST_MS - now)));
    this.sheets.set(comment, sheet);
    this.tell();
  }

  /** Resolves when nothing of this comment is on the way any more; never rejects. */
  async flush(comment: number): Promise<void> {
    const sheet = this.sheets.get(comment);
    if (!sheet) return;
    clearTimeout(sheet.timer);
    sheet.timer = undefined;
    if (sheet.inFlight) {
      await sheet.inFlight;
      if (this.sheets.get(comment)?.state !== "waiting") return;
    }
    if (this.sheets.get(comment) !== sheet) return;
    sheet.state = "saving";
    this.tell();
    sheet.inFlight = this.send(comment, sheet, sheet.text);
    await sheet.inFlight;
  }

  /** Resolves when every word is with the engine, or was refused: what a shell waits for before it closes. */
  async flushAll(): Promise<void> {
    await Promise.all([...this.sheets].map(([comment, sheet]) => (sheet.state === "saving" ? sheet.inFlight : this.flush(comment))));
  }

  /** Takes the text off the desk without saving: it was sent, or thrown away. */
  async take(comment: number): Promise<string | undefined> {
    const sheet = this.sheets.get(comment);
    if (!sheet) return undefined;
    clearTimeout(sheet.timer);
    this.sheets.delete(comment);
    this.tell();
    await sheet.inFlight;
    return sheet.text;
  }

  private async send(comment: number, sheet: Sheet, text: string): Promise<void> {
    try {
      const draft = await this.save(comment, text);
      sheet.inFlight = undefined;
      if (this.sheets.get(comment) === sheet && sheet.text === text) this.sheets.delete(comment);
      this.saved(comment, draft);
    } catch (error) {
      sheet.inFlight = undefined;
      if (this.sheets.get(comment) !== sheet) return;
      sheet.state = "failed";
      this.failed(comment, error);
    }
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
