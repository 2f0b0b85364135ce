import { AlertDialog } from "radix-ui";
import { useTranslation } from "react-i18next";
import { useCommand } from "@/backend/queries";
import { useReturnFocus } from "@/shared/useReturnFocus";
import { heldWords } from "./Dock";

const SHOWN = 4;

/** Resuming is deliberate: it says what would go out, and the button carries the number. */
export function ResumeDialog({ open, onOpenChange, onResume }: { open: boolean; onOpenChange: (open: boolean) => void; onResume: () => void }) {
  const { t } = useTranslation();
  const returnFocus = useReturnFocus(open);
  const outbox = useCommand("list_outbox", null);
  const waiting = outbox.data?.live.filter((action) => action.state === "held" || action.state === "ready" || action.state === "retry_wait") ?? [];
  const count = waiting.length;
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="scrim" />
        <AlertDialog.Content className="dialog" data-testid="resume-dialog" onCloseAutoFocus={returnFocus}>
          <header>
            <AlertDialog.Title asChild>
              <h2>{t("sending.confirm_title")}</h2>
            </AlertDialog.Title>
          </header>
          <div className="dialog-body">
            <AlertDialog.Description>{count === 0 ? t("sending.confirm_none") : t("sending.confirm", { count })}</AlertDialog.Description>
            {count > 0 ? (
              <ul className="resume-list">
                {waiting.slice(0, SHOWN).map((action) => (
                  <li key={action.id}>
                    <b className="clip">
                      <bdi>{heldWords(t, action)}</bdi>
                    </b>
                    <p className="clip muted" dir="auto">
                      {action.text}
                    </p>
                  </li>
                ))}
                {count > SHOWN ? <li className="muted">{t("sending.confirm_more", { count: count - SHOWN })}</li> : null}
              </ul>
            ) : null}
          </div>
          <footer>
            <AlertDialog.Cancel className="btn">{t("common.cancel")}</AlertDialog.Cancel>
            <AlertDialog.Action className="btn btn-primary" data-testid="resume-confirm" onClick={onResume}>
              {count === 0 ? t("sending.confirm_button_none") : t("sending.confirm_button", { count })}
            </AlertDialog.Action>
          </footer>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
