const MINUTE = 60_000;

/** How fast comments are handled; `null` before there is anything to say. */
export function paceOf(handled: number, milliseconds: number): { minutes: number; perMinute: number } | null {
  if (handled <= 0 || milliseconds < MINUTE) return null;
  return { minutes: Math.floor(milliseconds / MINUTE), perMinute: Math.round((handled / milliseconds) * MINUTE * 10) / 10 };
}
