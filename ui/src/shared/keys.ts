/** The single keys of the inbox, matched on any keyboard layout. */

const LATIN = /^[a-z]$/;

/**
 * The Latin letter, digit or sign that the person meant. On a layout without Latin letters (Russian, Kazakh,
 * Arabic) `event.key` is another script, so the place of the key decides instead.
 */
export function keyOf(event: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (LATIN.test(key) || /^[0-9]$/.test(key)) return key;
  if (key === "!" || key === "?" || key === "/") return key;
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter && event.key.length === 1) return letter.toLowerCase();
  // The Russian layout has "." and "," where "/" and "?" are on a Latin one.
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return key;
}

/** Ctrl or Command with Shift and the full-stop key, wherever the layout prints it. */
export function isStopSending(event: KeyboardEvent): boolean {
  return (
    (event.ctrlKey || event.metaKey) &&
    event.shiftKey &&
    !event.altKey &&
    (event.code === "Period" || event.key === "." || event.key === ">")
  );
}

export function isApproveFromEditor(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey">): boolean {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey);
}

export function isPalette(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && keyOf(event) === "k";
}

/** Letters belong to whatever field or list has the focus. */
export function isEditable(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? "");
export const MOD = isMac ? "⌘" : "Ctrl";
