/** What must be with the engine before the window goes. Screens add their last act; `app/events.ts` runs them. */
export class BeforeClose {
  private acts = new Set<() => Promise<void>>();

  /** Returns the function that takes the act out again. */
  add(act: () => Promise<void>): () => void {
    this.acts.add(act);
    return () => {
      this.acts.delete(act);
    };
  }

  /** Resolves once every act has ended, well or not: the shell waits three seconds and no longer. */
  async run(): Promise<void> {
    await Promise.allSettled([...this.acts].map((act) => act()));
  }
}
