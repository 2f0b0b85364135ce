import { useCallback, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CommentDetail, CommentOptions } from "@/contract/contract";
import { useCommand } from "@/backend/queries";
import { useMinute } from "@/shared/useNow";
import { mayOffer, MORE_ICONS, moreActs, privateReplyOf, wordOf, type MoreAct } from "./more";
import { ConfirmAct } from "./ConfirmAct";
import type { PaletteCommand } from "./Palette";
import type { Acts } from "./useActs";
import { WriteAct } from "./WriteAct";

export interface MoreOffer {
  act: MoreAct;
  words: string;
  run: () => void;
}

/** The part of the card's menu that the platform decides on. */
export interface MoreMenu {
  offers: MoreOffer[];
  /** Why less is offered than one might look for. */
  note: string | null;
  /** Asks the platform's side once more, where that failed. */
  retry: (() => void) | null;
}

/** What a dialog is open for, as it was when it was opened. */
interface Asked {
  act: MoreAct;
  detail: CommentDetail;
  options: CommentOptions;
}

/** What else can be done to the comment that is open: for its menu and the palette, and the dialog that asks. */
export function useMore(detail: CommentDetail | undefined, acts: Acts, holdSeconds: number): { menu: MoreMenu; commands: PaletteCommand[]; dialog: ReactNode } {
  const { t } = useTranslation();
  const now = useMinute();
  const [asked, setAsked] = useState<Asked | null>(null);
  const row = detail && mayOffer(detail.row) ? detail.row : null;
  const query = useCommand(
    "get_options",
    { comment_id: row?.id ?? 0, version: row?.version ?? 0 },
    // The card changes while the menu is open: what was offered stays until the new answer is there.
    { enabled: row !== null, placeholderData: (before) => (before?.comment_id === row?.id ? before : undefined) },
  );
  const options = row ? query.data : undefined;
  const offers =
    detail && options
      ? moreActs(detail, options, now).map((act) => ({
          act,
          words: t(`more.${wordOf(act, options)}`),
          run: () => {
            setAsked({ act, detail, options });
          },
        }))
      : [];

  // What was typed outlives a closed dialog.
  const kept = useRef(new Map<string, string>());
  const keep = useCallback((act: MoreAct, comment: number, text: string | null) => {
    const key = `${act} ${String(comment)}`;
    if (text === null) kept.current.delete(key);
    else kept.current.set(key, text);
  }, []);
  const close = useCallback(() => {
    setAsked(null);
  }, []);

  const note = (): string | null => {
    if (!detail) return null;
    if (!row) return t(detail.row.badges.includes("deleted_by_author") ? "more.gone" : "more.in_work");
    if (!options) return t(query.isError ? "more.failed" : "more.asking");
    const sent = privateReplyOf(detail);
    if (sent) return t(sent.state === "confirmed" ? "more.private_sent" : "more.private_waits");
    return offers.length === 0 ? t("more.none") : null;
  };

  return {
    menu: { offers, note: note(), retry: row && !options && query.isError ? () => void query.refetch() : null },
    commands: offers.map(({ act, words, run }) => ({ group: t("palette.comment"), words, icon: MORE_ICONS[act], run })),
    dialog: asked === null ? null : asked.act === "private" || asked.act === "change" ? (
      <WriteAct
        act={asked.act}
        detail={asked.detail}
        options={asked.options}
        kept={kept.current.get(`${asked.act} ${String(asked.detail.row.id)}`) ?? null}
        onKeep={keep}
        onSend={acts.write}
        onClose={close}
      />
    ) : (
      <ConfirmAct act={asked.act} detail={asked.detail} options={asked.options} holdSeconds={holdSeconds} acts={acts} onClose={close} />
    ),
  };
}
