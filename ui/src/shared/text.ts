/** Two letters for an avatar, whatever the script; empty when the name has none. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/u).filter((word) => /\p{L}|\p{N}/u.test(word));
  const letter = (word: string | undefined) => (word ? (Array.from(word.replace(/[^\p{L}\p{N}]/gu, ""))[0] ?? "") : "");
  return (letter(words[0]) + letter(words[1])).toUpperCase();
}

/** Splits a caption after its first sentence, which is shown in medium weight. */
export function firstSentence(text: string): [string, string] {
  const line = text.replace(/\s+/gu, " ").trim();
  const end = /[.!?…](\s|$)/u.exec(line);
  if (!end || end.index > 80) return ["", line];
  return [line.slice(0, end.index + 1), line.slice(end.index + 1)];
}

/** A fragment such as an error's text, as a sentence that others can follow. */
export function asSentence(words: string): string {
  const [first = "", ...rest] = Array.from(words.trim());
  const whole = first.toUpperCase() + rest.join("");
  return whole === "" || /[.!?…]$/u.test(whole) ? whole : `${whole}.`;
}
