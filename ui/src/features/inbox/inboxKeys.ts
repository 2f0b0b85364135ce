import type { CommentRow, Label } from "@/contract/contract";
import type { CardAct, CardActs } from "./allowed";
import type { Shortcuts } from "./useShortcuts";
import type { Range } from "./useRange";
import { LABELS } from "./words";

interface Means {
  rows: CommentRow[];
  row: CommentRow | undefined;
  can: ReadonlySet<CardAct>;
  card: CardActs;
  range: Range;
  zen: boolean;
  move: (by: 1 | -1) => void;
  select: (id: number) => void;
  pick: (id: number, range: boolean) => void;
  clear: () => void;
  correct: (label: Label) => void;
  snooze: () => void;
  undo: () => void;
  openZen: () => void;
  leaveZen: () => void;
  search: () => void;
  sheet: () => void;
}

/** What each single key does here and now. */
export function inboxKeys({ rows, row, can, card, range, zen, move, select, pick, clear, correct, snooze, undo, openZen, leaveZen, search, sheet }: Means): Shortcuts["keys"] {
  const forward = () => {
    move(1);
  };
  const back = () => {
    move(-1);
  };
  const to = (target: CommentRow | undefined) => () => {
    if (target) select(target.id);
  };
  const take = (whole: boolean) => () => {
    if (row && !zen) pick(row.id, whole);
  };
  const several = (kind: "approve" | "hide" | "dismiss") => () => {
    range.run(kind);
  };
  return {
    j: forward,
    ArrowDown: forward,
    k: back,
    ArrowUp: back,
    Home: to(rows[0]),
    End: to(rows.at(-1)),
    Enter: card.edit,
    e: card.edit,
    a: range.on ? several("approve") : card.approve,
    r: can.has("retryStuck") ? card.retryStuck : card.regenerate,
    h: range.on ? several("hide") : can.has("unhide") ? card.unhide : card.hide,
    d: range.on ? several("dismiss") : card.dismiss,
    x: take(false),
    "Shift+x": take(true),
    s: () => {
      if (can.has("snooze")) snooze();
    },
    "!": card.escalate,
    z: undo,
    f: zen ? leaveZen : openZen,
    "/": search,
    "?": sheet,
    Escape: zen ? leaveZen : range.on ? clear : undefined,
    ...(zen ? { PageDown: () => { scrollText(1); }, PageUp: () => { scrollText(-1); } } : {}),
    ...Object.fromEntries(
      LABELS.map((label, at) => [
        String(at + 1),
        () => {
          correct(label);
        },
      ]),
    ),
  };
}

/** The comment alone scrolls; the focus may be on the card or on nothing. */
function scrollText(by: 1 | -1): void {
  const text = document.querySelector<HTMLElement>(".zen-say");
  text?.scrollBy({ top: by * text.clientHeight * 0.8 });
}
