import type { CommandError, Commands, ErrorCode, KnowledgeHit, SynonymsView } from "@/contract/contract";
import { SOURCES } from "./material";

type Names = "get_knowledge" | "search_knowledge" | "add_synonyms" | "change_synonyms" | "remove_synonyms";
type Handlers = { [N in Names]: (request: Commands[N]["request"]) => Commands[N]["answer"] };

/** Products of the material that cannot be had, and those that hold no longer. */
const SOLD_OUT = [4];
const OVER = [5];

const SAMPLE: string[][] = [
  ["frying pan", "skillet", "сковорода", "сковорідка", "таба", "sartén"],
  ["Oaky", "skillet"],
  ["delivery", "доставка", "parcel"],
];

function refuse(code: ErrorCode, message: string): CommandError {
  return { code, message };
}

/** As the engine takes a list: different words, two at least. */
function parsed(words: string[]): string[] {
  const kept = words.map((word) => word.trim()).filter((word, at, all) => word !== "" && all.findIndex((other) => other.trim().toLowerCase() === word.toLowerCase()) === at);
  if (kept.length < 2) throw refuse("invalid", "write at least two different words for the same thing");
  const long = kept.find((word) => word.length > 60);
  if (long) throw refuse("invalid", `"${long}" is longer than 60 characters`);
  return kept;
}

/** Looks for words alone; all else that the window can tell is as in the engine. */
export function knowledge(empty: boolean): Handlers {
  let lists: SynonymsView[] = empty ? [] : SAMPLE.map((words, at) => ({ id: at + 1, words }));
  let next = lists.length + 1;
  const view = () => ({ languages: empty ? [] : ["en", "es", "ru", "uk"], synonyms: lists });
  const existing = (id: number) => {
    if (!lists.some((list) => list.id === id)) throw refuse("not_found", "it is not there");
  };
  return {
    get_knowledge: view,
    search_knowledge: ({ text, in_stock, valid_today, language }) => {
      const said = text.toLowerCase();
      const also = lists.flatMap(({ words }) => {
        const named = words.find((word) => said.includes(word.toLowerCase()));
        return named ? words.filter((word) => word !== named) : [];
      });
      const wanted = [...said.split(/[^\p{L}\p{N}]+/u), ...also.map((word) => word.toLowerCase())].filter((word) => word.length > 2);
      const hits = (empty ? [] : SOURCES).flatMap((source): KnowledgeHit[] => {
        const own = `${source.title} ${source.detail} ${source.text}`.toLowerCase();
        if (!wanted.some((word) => own.includes(word))) return [];
        const product = source.kind === "product";
        return [
          {
            kind: source.kind,
            id: source.id,
            title: source.title,
            detail: source.detail,
            text: source.text,
            language: product ? "und" : source.language,
            by_words: true,
            by_meaning: source.id % 3 !== 0,
            in_stock: product ? !SOLD_OUT.includes(source.id) : null,
            valid_today: !OVER.includes(source.id),
          },
        ];
      });
      return {
        hits: hits.filter((hit) => (!in_stock || hit.in_stock !== false) && (!valid_today || hit.valid_today) && (language === null || hit.language === "und" || hit.language === language)),
        also,
      };
    },
    add_synonyms: ({ words }) => {
      lists = [...lists, { id: next, words: parsed(words) }];
      next += 1;
      return view();
    },
    change_synonyms: ({ id, words }) => {
      existing(id);
      const kept = parsed(words);
      lists = lists.map((list) => (list.id === id ? { id, words: kept } : list));
      return view();
    },
    remove_synonyms: ({ id }) => {
      existing(id);
      lists = lists.filter((list) => list.id !== id);
      return view();
    },
  };
}
