import { useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { Dialog } from "radix-ui";
import { useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, CommentDetail, CommentOptions, GuardReport } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { failureOf } from "@/backend/failure";
import { Icon } from "@/shared/Icon";
import { isApproveFromEditor, MOD } from "@/shared/keys";
import { Said } from "@/shared/Said";
import { dayAndTime } from "@/shared/time";
import { useReturnFocus } from "@/shared/useReturnFocus";
import { Findings, GuardWord, useGuard } from "./DraftCard";
import type { Acts } from "./useActs";
import { langOf, nameOf } from "./words";

interface Props {
  act: "private" | "change";
  detail: CommentDetail;
  options: CommentOptions;
  /** Typed before and not sent. */
  kept: string | null;
  onKeep: (act: "private" | "change", comment: number, text: string | null) => void;
  /** Throws what refused it. */
  onSend: Acts["write"];
  onClose: () => void;
}

/** A private reply, or other words in place of our reply. It closes once the outbox has them. */
export function WriteAct({ act, detail, options, kept, onKeep, onSend, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const returnFocus = useReturnFocus(true);
  const area = useRef<HTMLTextAreaElement>(null);
  const note = useId();
  const { row } = detail;
  const reply = options.standing_reply;
  const before = act === "change" ? (reply?.text ?? "") : "";
  const [text, setText] = useState(kept ?? before);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CommandError | null>(null);
  const { report, failed: checkFailed } = useGuard(row.id, text, null, true);
  const name = nameOf(row);
  const length = report?.length ?? Array.from(text).length;
  const limit = report?.limit ?? detail.max_reply_chars;
  const same = text.trim() === before.trim();
  const ready = !busy && !same && text.trim() !== "" && length <= limit && (report?.findings.length ?? 0) === 0;

  const change = (next: string) => {
    setText(next);
    setError(null);
    onKeep(act, row.id, next.trim() === before.trim() ? null : next);
  };
  const send = async () => {
    if (!ready) return;
    setBusy(true);
    setError(null);
    try {
      await onSend(act === "private" ? "reply_privately" : "replace_reply", row, text);
      onKeep(act, row.id, null);
      onClose();
    } catch (thrown) {
      const refused = toCommandError(thrown);
      // The findings stand where the check while writing would have put them.
      if (refused.code === "guard_failed" && refused.details) client.setQueryData<GuardReport>(["check_draft", { comment_id: row.id, text }], refused.details as GuardReport);
      else setError(refused);
      setBusy(false);
    }
  };

  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open && !busy) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          className="dialog"
          data-testid="write-act"
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            area.current?.focus();
            area.current?.setSelectionRange(text.length, text.length);
          }}
          onCloseAutoFocus={returnFocus}
        >
          <header>
            <Dialog.Title asChild>
              <h2>{t(`more.title.${act}`, { name })}</h2>
            </Dialog.Title>
          </header>
          <div className="dialog-body more-body">
            <Dialog.Description>
              {act === "private"
                ? t("more.text.private", { name, when: options.private_reply_until === null ? "" : dayAndTime(options.private_reply_until, i18n.language) })
                : t(reply?.edits_in_place ? "more.text.change" : "more.text.replace")}
            </Dialog.Description>
            <blockquote className="more-quote">
              <b>
                <bdi>{name}</bdi>
              </b>
              <p dir="auto" lang={langOf(row.language)}>
                {row.text.trim() === "" ? t("list.empty_text") : row.text}
              </p>
            </blockquote>
            <div className="more-write" data-stopped={(report?.findings.length ?? 0) > 0 && text.trim() !== "" ? true : undefined}>
              <textarea
                ref={area}
                data-testid="write-act-text"
                aria-label={t(`more.field.${act}`, { name })}
                aria-describedby={note}
                rows={5}
                dir="auto"
                lang={langOf(row.language)}
                spellCheck
                value={text}
                readOnly={busy}
                onChange={(event) => {
                  change(event.target.value);
                }}
                onKeyDown={(event) => {
                  if (!isApproveFromEditor(event)) return;
                  event.preventDefault();
                  if (!event.repeat) void send();
                }}
              />
              <Findings state={{ text, report }} onUse={change} />
              <p className="more-foot" id={note}>
                <GuardWord state={{ text, report, checkFailed }} />
                <span className="grow" />
                <span className={length > limit && limit > 0 ? "over" : "muted"} data-testid="write-act-length">
                  <span aria-hidden="true">{t("draft.length", { length, limit })}</span>
                  <span className="unseen">{t("draft.length_label", { length, limit })}</span>
                </span>
              </p>
            </div>
            {error ? (
              <div className={`tell tell-${failureOf(error).severity}`} role="alert">
                <Icon of={TriangleAlert} />
                <b>{t(failureOf(error).title)}</b>
                <Said words={error.message} open={failureOf(error).tells ?? false}>
                  {t(error.code === "guard_failed" ? "failure.guard_failed_advice" : "more.not_sent")}
                </Said>
              </div>
            ) : null}
          </div>
          <footer>
            {act === "change" && same ? <span className="muted grow">{t("more.same")}</span> : null}
            <Dialog.Close asChild>
              <button type="button" className="btn" disabled={busy}>
                {t("common.cancel")}
              </button>
            </Dialog.Close>
            <button type="button" className="btn btn-primary" data-testid="write-act-go" aria-disabled={!ready} onClick={() => void send()}>
              {t(`more.go.${act}`)} <kbd>{MOD} ⏎</kbd>
            </button>
          </footer>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
