import { TriangleAlert } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AccountCard, AccountCounts, AccountsView, CommandError } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { failureOf } from "@/backend/failure";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { useCounts } from "./useCounts";

/** Deleting what was collected cannot be undone, so the account's name is typed first. */
export function Disconnect({ card, onClose, onDone }: { card: AccountCard; onClose: () => void; onDone: (view: AccountsView) => void }) {
  const { t } = useTranslation();
  const backend = useBackend();
  // Of one that is off already only the data is left to decide on.
  const off = card.disconnected;
  const [erase, setErase] = useState(off);
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CommandError | null>(null);
  const { data: counts, error: uncounted } = useCounts(card.id);
  const ready = !busy && (!erase || typed.trim() === card.name);
  const go = async () => {
    setBusy(true);
    setError(null);
    try {
      onDone(await backend.call("disconnect_account", { account_id: card.id, delete_data: erase }));
    } catch (thrown) {
      setError(toCommandError(thrown));
      setBusy(false);
    }
  };
  const counted = (words: (counts: AccountCounts) => string) => (counts ? words(counts) : t(uncounted ? "account.not_counted" : "account.counting"));
  const keeps = counted(({ comments }) => t("account.leave_keep_text", { count: comments }));
  const erases = counted(({ comments, authors, drafts, actions }) => t("account.leave_erase_text", { comments, authors, drafts, actions }));
  const choice = (value: boolean, word: string, text: string) => (
    <label className="leave-choice">
      <input
        type="radio"
        name="leave"
        checked={erase === value}
        onChange={() => {
          setErase(value);
          setTyped("");
        }}
      />
      <span>
        <b>{word}</b>
        <small>{text}</small>
      </span>
    </label>
  );
  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open && !busy) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog" aria-describedby={undefined} data-testid="disconnect">
          <header>
            <Dialog.Title asChild>
              <h2>{t(off ? "account.erase_title" : "account.leave_title", { name: card.name })}</h2>
            </Dialog.Title>
          </header>
          <div className="dialog-body leave">
            {off ? (
              <p>{erases}</p>
            ) : (
              <>
                <p>
                  {t("account.leave_text")} {counts && counts.waiting_actions > 0 ? t("account.leave_waiting", { count: counts.waiting_actions }) : ""}
                </p>
                {choice(false, t("account.leave_keep"), keeps)}
                {choice(true, t("account.leave_erase"), erases)}
              </>
            )}
            {erase ? (
              <label>
                {t("account.leave_type", { name: card.name })}
                <span className="field">
                  <input
                    data-testid="disconnect-name"
                    autoComplete="off"
                    spellCheck={false}
                    value={typed}
                    onChange={(event) => {
                      setTyped(event.target.value);
                    }}
                  />
                </span>
              </label>
            ) : null}
            {error ? (
              <div className={`tell tell-${failureOf(error).severity}`} role="alert">
                <Icon of={TriangleAlert} />
                <b>{t(failureOf(error).title)}</b>
                <Said words={error.message} open={failureOf(error).tells ?? false}>
                  {t(failureOf(error).advice)}
                </Said>
              </div>
            ) : null}
          </div>
          <footer>
            <button type="button" className="btn" disabled={busy} onClick={onClose}>
              {t("common.cancel")}
            </button>
            <button type="button" className="btn btn-danger" data-testid="disconnect-go" disabled={!ready} onClick={() => void go()}>
              {t(off ? "account.erase_go" : erase ? "account.leave_go_erase" : "account.leave_go")}
            </button>
          </footer>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
