import { localeOf } from "@/shared/time";

/** What a person types for one list: words with an equals sign, a comma or a semicolon between them. */
export function wordsIn(text: string): string[] {
  return text
    .split(/[=,;\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

export function asTyped(words: string[]): string {
  return words.join(" = ");
}

/** "Russian" for `ru`; the code where the platform knows no name. */
export function languageName(code: string, language: string): string {
  try {
    const name = new Intl.DisplayNames([localeOf(language)], { type: "language", fallback: "code" }).of(code) ?? code;
    return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
  } catch {
    // What a document calls its language need not be a language tag.
    return code;
  }
}
