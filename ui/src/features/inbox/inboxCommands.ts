import type { TFunction } from "i18next";
import type { Label, QueueName } from "@/contract/contract";
import { MOD } from "@/shared/keys";
import type { CardAct, CardActs } from "./allowed";
import type { PaletteCommand } from "./Palette";
import { LABELS, QUEUES } from "./words";

interface Offers {
  can: ReadonlySet<CardAct>;
  card: CardActs;
  /** `null` where no label can be set. */
  correct: ((label: Label) => void) | null;
  /** `z` would take back what the card's own "Take back" does. */
  takeBackIsNewest: boolean;
  snooze: () => void;
  undo: () => void;
  openQueue: (queue: QueueName) => void;
  stop: () => void;
  zen: () => void;
  sync: () => void;
}

/** What the palette offers for the comment that is open, and for the inbox. */
export function inboxCommands(t: TFunction, offers: Offers): PaletteCommand[] {
  const { can, card, correct } = offers;
  const acts: [CardAct, string, string, () => void][] = [
    ["approve", "act.approve", "a", card.approve],
    ["edit", "act.edit", "e", card.edit],
    ["regenerate", "act.regenerate", "r", card.regenerate],
    ["hide", "act.hide", "h", card.hide],
    ["unhide", "act.unhide", "h", card.unhide],
    ["dismiss", "sheet.done", "d", card.dismiss],
    ["snooze", "act.snooze", "s", offers.snooze],
    ["escalate", "act.escalate", "!", card.escalate],
    ["returnToReview", "act.return", "", card.returnToReview],
    ["takeBack", "act.take_back", offers.takeBackIsNewest ? "z" : "", card.takeBack],
    ["retryStuck", "stuck.retry", "r", card.retryStuck],
    ["reopen", "act.reopen", "", card.reopen],
  ];
  const comment = t("palette.comment");
  const app = t("palette.app");
  return [
    ...acts.filter(([name]) => can.has(name)).map(([, word, key, run]): PaletteCommand => ({ group: comment, words: t(word), ...(key ? { keys: [key] } : {}), run })),
    ...(correct
      ? LABELS.map((label, at): PaletteCommand => ({
          group: comment,
          words: t("palette.label", { label: t(`label.${label}`) }),
          keys: [String(at + 1)],
          run: () => {
            correct(label);
          },
        }))
      : []),
    ...QUEUES.map((name): PaletteCommand => ({
      group: t("palette.queues"),
      words: t(`queue.${name}`),
      run: () => {
        offers.openQueue(name);
      },
    })),
    { group: app, words: t("palette.undo"), keys: ["z"], run: offers.undo },
    { group: app, words: t("sheet.stop"), keys: [MOD, "⇧", "."], run: offers.stop },
    { group: app, words: t("list.zen"), keys: ["f"], run: offers.zen },
    { group: app, words: t("accounts.sync_now"), run: offers.sync },
  ];
}
