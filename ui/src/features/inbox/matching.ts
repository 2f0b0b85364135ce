const tidy = (text: string) => text.trim().toLocaleLowerCase();

/** How well a command answers what was typed, 0 to 1: every typed word must stand in its words or its group's. */
export function matchOf(typed: string, words: string, group: string): number {
  const wanted = tidy(typed);
  const own = tidy(words);
  if (own.startsWith(wanted)) return 1;
  if (own.includes(` ${wanted}`)) return 0.8;
  if (own.includes(wanted)) return 0.6;
  const all = `${own} ${tidy(group)}`;
  return wanted.split(/\s+/u).every((word) => all.includes(word)) ? 0.3 : 0;
}

/** Where the typed words stand in the text, or the first of them; `null` when they do not. */
export function findWords(typed: string, text: string): { start: number; end: number } | null {
  const whole = tidy(typed);
  if (whole === "") return null;
  const lower = text.toLocaleLowerCase();
  // Some letters change their length with their case, and then the places in the text are not known.
  if (lower.length !== text.length) return null;
  for (const words of [whole, whole.split(/\s+/u)[0] ?? whole]) {
    const start = lower.indexOf(words);
    if (start >= 0) return { start, end: start + words.length };
  }
  return null;
}
