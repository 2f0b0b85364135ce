import type { TFunction } from "i18next";
import { Check, CircleCheck, Clock, Eye, EyeOff, Flag, Inbox as InboxIcon, Maximize, MessageSquarePlus, PencilLine, Power, RefreshCw, RotateCw, Route, SendHorizontal, Undo2, type LucideIcon } from "lucide-react";
import type { Label, QueueName } from "@/contract/contract";
import { MOD } from "@/shared/keys";
import type { CardAct, CardActs } from "./allowed";
import type { PaletteCommand } from "./Palette";
import { QUEUE_ICONS } from "./Sidebar";
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
  /** `null` where no comment is open. */
  trace: (() => void) | null;
  /** What else the platform allows for the comment. */
  more: PaletteCommand[];
  /** What can be done to all that say the same. */
  alike: PaletteCommand[];
  /** `null` where no comment is open. */
  post: (() => void) | null;
  /** A person may send once more what nobody heard of, or give it up. */
  mayDecide: boolean;
  /** The platform can still tell. */
  mayLook: boolean;
}

/** What the palette offers for the comment that is open, and for the inbox. */
export function inboxCommands(t: TFunction, offers: Offers): PaletteCommand[] {
  const { can, card, correct } = offers;
  const acts: [CardAct, LucideIcon, string, string, () => void][] = [
    ["approve", Check, "act.approve", "a", card.approve],
    ["edit", PencilLine, "act.edit", "e", card.edit],
    ["regenerate", RefreshCw, "act.regenerate", "r", card.regenerate],
    ["hide", EyeOff, "act.hide", "h", card.hide],
    ["unhide", Eye, "act.unhide", "h", card.unhide],
    ["dismiss", CircleCheck, "sheet.done", "d", card.dismiss],
    ["snooze", Clock, "act.snooze", "s", offers.snooze],
    ["escalate", Flag, "act.escalate", "!", card.escalate],
    ["returnToReview", InboxIcon, "act.return", "", card.returnToReview],
    ["takeBack", Undo2, "act.take_back", offers.takeBackIsNewest ? "z" : "", card.takeBack],
    ["retryStuck", RotateCw, "stuck.retry", "r", card.retryStuck],
    ["reopen", InboxIcon, "act.reopen", "", card.reopen],
    ["lookNow", RefreshCw, "outcome.look_now", "", card.lookNow],
    ["posted", Check, "outcome.posted", "", card.posted],
    ["sendAgain", SendHorizontal, "outcome.send_again", "", card.sendAgain],
    ["giveUp", Undo2, "outcome.give_up", "", card.giveUp],
  ];
  const offered = (name: CardAct) => can.has(name) && (offers.mayDecide || (name !== "sendAgain" && name !== "giveUp")) && (offers.mayLook || name !== "lookNow");
  const comment = t("palette.comment");
  const app = t("palette.app");
  return [
    ...acts.filter(([name]) => offered(name)).map(([, icon, word, key, run]): PaletteCommand => ({ group: comment, words: t(word), icon, ...(key ? { keys: [key] } : {}), run })),
    ...offers.more,
    ...offers.alike,
    ...(offers.post ? [{ group: comment, words: t("post.command"), icon: MessageSquarePlus, run: offers.post }] : []),
    ...(offers.trace ? [{ group: comment, words: t("detail.trace"), icon: Route, run: offers.trace }] : []),
    ...(correct
      ? LABELS.map((label, at): PaletteCommand => ({
          group: comment,
          words: t("palette.label", { label: t(`label.${label}`) }),
          label,
          keys: [String(at + 1)],
          run: () => {
            correct(label);
          },
        }))
      : []),
    ...QUEUES.map((name): PaletteCommand => ({
      group: t("palette.queues"),
      words: t(`queue.${name}`),
      icon: QUEUE_ICONS[name],
      run: () => {
        offers.openQueue(name);
      },
    })),
    { group: app, words: t("palette.undo"), icon: Undo2, keys: ["z"], run: offers.undo },
    { group: app, words: t("sheet.stop"), icon: Power, keys: [MOD, "⇧", "."], run: offers.stop },
    { group: app, words: t("list.zen"), icon: Maximize, keys: ["f"], run: offers.zen },
    { group: app, words: t("accounts.sync_now"), icon: RefreshCw, run: offers.sync },
  ];
}
