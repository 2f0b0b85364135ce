import { AlertDialog } from "radix-ui";
import { useTranslation } from "react-i18next";
import type { CommentDetail, CommentOptions } from "@/contract/contract";
import { useReturnFocus } from "@/shared/useReturnFocus";
import { wordOf, type MoreAct } from "./more";
import type { Acts } from "./useActs";
import { langOf, nameOf } from "./words";

type Kind = Exclude<MoreAct, "private" | "change">;

/** What cannot be taken back is said before it is done. */
export function ConfirmAct({ act, detail, options, holdSeconds, acts, onClose }: { act: Kind; detail: CommentDetail; options: CommentOptions; holdSeconds: number; acts: Acts; onClose: () => void }) {
  const { t } = useTranslation();
  const returnFocus = useReturnFocus(true);
  const { row } = detail;
  const { removal, standing_reply: reply } = options;
  const name = nameOf(row);
  const platform = t(`platform.${row.platform}`, { defaultValue: row.platform });
  const word = wordOf(act, options);
  const text = removal.by === "reject" && act === "delete" && !removal.irreversible ? "reject_mild" : word;
  const quoted = act === "retract" ? { name: t("more.our_reply"), text: reply?.text ?? "" } : { name, text: row.text };
  const go = () => {
    if (act === "delete") void acts.remove(row);
    else if (act === "ban") void acts.ban(row);
    else if (reply) void acts.retract(row, reply.action_id);
  };
  return (
    <AlertDialog.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="scrim" />
        <AlertDialog.Content className="dialog" data-testid="confirm-act" onCloseAutoFocus={returnFocus}>
          <header>
            <AlertDialog.Title asChild>
              <h2>{t(`more.title.${word}`, { name })}</h2>
            </AlertDialog.Title>
          </header>
          <div className="dialog-body more-body">
            <AlertDialog.Description>{t(`more.text.${text}`, { name, platform })}</AlertDialog.Description>
            {quoted.text.trim() === "" ? null : (
              <blockquote className="more-quote">
                <b>
                  <bdi>{quoted.name}</bdi>
                </b>
                <p dir="auto" lang={langOf(row.language)}>
                  {quoted.text}
                </p>
              </blockquote>
            )}
            <p className="muted">{holdSeconds > 0 ? t("more.hold", { count: holdSeconds }) : t("more.no_hold")}</p>
          </div>
          <footer>
            <AlertDialog.Cancel className="btn">{t("common.cancel")}</AlertDialog.Cancel>
            <AlertDialog.Action className="btn btn-danger" data-testid="confirm-act-go" onClick={go}>
              {t(`more.go.${word}`)}
            </AlertDialog.Action>
          </footer>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
