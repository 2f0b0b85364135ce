import type { AuthorView, CommentRow, DeclineReason, DraftView, SourceView, Stage } from "@/contract/contract";
import { checkDraft } from "./guard";
import { PEOPLE, POSTS, RANT, SOURCES, TEMPLATES, type Template } from "./material";

export interface FakeComment {
  row: CommentRow;
  stage: Stage;
  campaign: number | null;
  draft: DraftView | null;
  declined: DeclineReason | null;
  missing: string | null;
  found: SourceView[];
  why: string | null;
  before: { author_name: string; by_us: boolean; text: string; language: string }[];
  author: AuthorView;
  repliedWith: string | null;
  readyAt: number | null;
}

const MINUTE = 60_000;
const THRESHOLD = 0.8;
const ORIGIN = "facts 1.0";

/** Takes the marks out of `[words](1)` and keeps where the words stand. */
function cite(text: string): Pick<DraftView, "text" | "citations" | "sources"> {
  const citations: DraftView["citations"] = [];
  let plain = "";
  let at = 0;
  for (const match of text.matchAll(/\[([^\]]+)\]\((\d+)\)/gu)) {
    plain += text.slice(at, match.index);
    const words = match[1] ?? "";
    citations.push({ source_id: Number(match[2]), start: plain.length, end: plain.length + words.length });
    plain += words;
    at = match.index + match[0].length;
  }
  plain += text.slice(at);
  const ids = [...new Set(citations.map((citation) => citation.source_id))];
  return { text: plain, citations, sources: ids.flatMap((id) => SOURCES.find((source) => source.id === id) ?? []) };
}

function draftOf(template: Template, id: number, name: string, now: number): DraftView | null {
  if (!template.draft) return null;
  const cited = cite(template.draft.replace("{name}", name || "there"));
  const sources = cited.sources.length > 0 ? cited.sources : (template.found ?? []).flatMap((at) => SOURCES.find((source) => source.id === at) ?? []);
  return {
    id: 50_000 + id,
    ...cited,
    sources,
    original_text: null,
    language: template.lang,
    confidence: template.confidence ?? 0.85,
    origin: ORIGIN,
    created_at: now,
    guard: checkDraft(cited.text, sources, 2_200),
  };
}

function stageOf(index: number, total: number): Stage {
  // The newest wait for review; further back most is done, with a little of everything else.
  if (index > total * 0.55) return "to_review";
  if (index % 37 === 5) return "stuck";
  if (index % 31 === 7) return "escalated";
  if (index % 23 === 3) return "snoozed";
  return "done";
}

/** Oldest first. The same call gives the same comments: screenshots and tests rest on it. */
export function makeComments(count: number, now: number): FakeComment[] {
  const made: FakeComment[] = [];
  for (let index = 0; index < count; index += 1) {
    const back = count - 1 - index;
    const template = TEMPLATES[back % TEMPLATES.length] as Template;
    const people = PEOPLE[template.lang] ?? PEOPLE.und ?? [];
    const round = Math.floor(back / TEMPLATES.length);
    const [name, username] = people[(back + round) % people.length] ?? ["", "someone"];
    const id = index + 1;
    const age = back < 24 ? 0 : Math.round((4 + 2.2 * (back - 24) + ((back * back) % 5) * 0.4) * MINUTE);
    const stage = back < 24 ? "to_review" : stageOf(index, count);
    const post = POSTS.find((each) => each.id === template.post) ?? POSTS[0];
    const rant = back === 50;
    const text = rant ? RANT : template.text;
    const given = name.split(" ")[0] ?? "";
    const draft = rant ? null : draftOf(template, id, given, now - age);
    const badges = stage === "stuck" ? (["stuck"] as const) : (template.badges ?? (draft ? [] : template.declined === "no_source" ? (["no_source"] as const) : []));
    const hidden = stage === "done" && (template.labels[0]?.[0] === "spam" || template.labels[0]?.[0] === "abuse");
    const replied = stage === "done" && !hidden ? (draft?.text ?? null) : null;
    const threaded = back % TEMPLATES.length === 0;
    made.push({
      stage,
      // What arrives while one looks on says nothing known.
      campaign: back < 24 || rant ? null : (template.campaign ?? null),
      draft,
      declined: draft ? null : rant ? "ambiguous" : (template.declined ?? "no_source"),
      missing: rant ? "which of four things to answer first" : (template.missing ?? null),
      found: (template.found ?? []).flatMap((at) => SOURCES.find((source) => source.id === at) ?? []),
      why: template.why ?? null,
      repliedWith: replied,
      readyAt: null,
      before: threaded
        ? [
            { author_name: "Inês Duarte", by_us: false, text: "Is this the same pan as last year?", language: "en" },
            { author_name: "oakmere", by_us: true, text: "Almost: the same casting, and a longer handle that stays cooler.", language: "en" },
          ]
        : [],
      author: {
        id: back + 1,
        name,
        username,
        comments: 1 + ((back * 7) % 9),
        answered: (back * 3) % 4,
        complaints: template.labels[0]?.[0] === "complaint" ? 2 : 0,
        strikes: template.labels[0]?.[0] === "abuse" ? 1 : 0,
        first_seen_at: now - (40 + ((back * 13) % 600)) * 24 * 60 * MINUTE,
        past_replies:
          (back * 3) % 4 > 0
            ? [{ comment_text: "Is the kettle OK on a gas hob?", reply_text: "Yes, gas is fine. Keep the flame inside the base so that the handle stays cool.", at: now - 160 * 24 * 60 * MINUTE }]
            : [],
      },
      row: {
        id,
        version: 1,
        stage,
        platform: "instagram",
        account_id: 1,
        author_name: name || username,
        author_username: username,
        text,
        language: rant ? "en" : template.lang,
        published_at: now - age - MINUTE / 2,
        received_at: now - age,
        labels: rant
          ? [{ label: "complaint", confidence: 0.87, sure: true, by_person: false }]
          : template.labels.map(([label, confidence]) => ({ label, confidence, sure: confidence >= THRESHOLD, by_person: false })),
        badges: rant ? ["ambiguous"] : [...badges],
        draft: draft ? "draft" : "no_draft",
        post_id: post?.id ?? 1,
        post_kind: post?.kind ?? "image",
        is_reply: threaded,
        hidden,
        unread: stage === "to_review" && back % 5 !== 0,
        snoozed_until: stage === "snoozed" ? now + (2 + (back % 20)) * 60 * MINUTE : null,
        campaign: null,
        action: null,
      },
    });
  }
  return made;
}
