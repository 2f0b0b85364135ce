import { Ellipsis } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useTranslation } from "react-i18next";
import type { CommentDetail, Stage } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { MOD } from "@/shared/keys";
import { Tip } from "@/shared/Tip";
import type { DraftState } from "./DraftCard";
import { SnoozePopover } from "./SnoozePopover";

export interface CardActs {
  approve: () => void;
  edit: () => void;
  regenerate: () => void;
  hide: () => void;
  unhide: () => void;
  dismiss: () => void;
  escalate: () => void;
  reopen: () => void;
  returnToReview: () => void;
  retryStuck: () => void;
  takeBack: () => void;
  snooze: (until: number) => void;
}

export type CardAct = Exclude<keyof CardActs, "snooze"> | "snooze";

const OPEN: Stage[] = ["to_review", "snoozed", "escalated"];

/** What can be done with a comment where it stands. The bar, the keys and the palette all ask here. */
export function allowed(detail: CommentDetail, state: DraftState): ReadonlySet<CardAct> {
  const { row } = detail;
  const can = new Set<CardAct>();
  const open = OPEN.includes(row.stage);
  if (open || row.stage === "stuck") {
    can.add("edit").add("dismiss").add(row.hidden ? "unhide" : "hide");
    if (row.stage !== "escalated") can.add("escalate");
    if (state.canApprove) can.add("approve");
  }
  if (open) can.add("regenerate").add("snooze");
  if (row.stage === "snoozed" || row.stage === "escalated") can.add("returnToReview");
  if (row.stage === "stuck") can.add("retryStuck");
  if (row.stage === "done") can.add("reopen").add(row.hidden ? "unhide" : "hide");
  if (row.stage === "in_outbox" && detail.actions[0]?.state === "held") can.add("takeBack");
  return can;
}

export function ActionBar({
  detail,
  state,
  writing,
  acts,
  snoozeOpen,
  onSnoozeOpen,
}: {
  detail: CommentDetail;
  state: DraftState;
  /** The editor is shown, so approving makes sense. */
  writing: boolean;
  acts: CardActs;
  snoozeOpen: boolean;
  onSnoozeOpen: (open: boolean) => void;
}) {
  const { t } = useTranslation();
  const can = allowed(detail, state);
  const findings = state.report?.findings.length ?? 0;
  const why = findings > 0 ? t("act.approve_off_guard") : state.text.trim() === "" ? t("act.approve_off_empty") : null;
  const quiet: [CardAct, string, string, () => void][] = [
    ["hide", t("act.hide"), "h", acts.hide],
    ["unhide", t("act.unhide"), "h", acts.unhide],
    ["dismiss", t("act.done"), "d", acts.dismiss],
    [
      "snooze",
      t("act.snooze"),
      "s",
      () => {
        onSnoozeOpen(true);
      },
    ],
    ["escalate", t("act.escalate"), "!", acts.escalate],
    ["returnToReview", t("act.return"), "", acts.returnToReview],
  ];
  const shown = quiet.filter(([name]) => can.has(name));
  const approvable = can.has("edit") && writing;
  if (can.size === 0) return null;
  return (
    <div className="actions" role="toolbar" aria-label={t("detail.label")}>
      {can.has("retryStuck") ? (
        <button type="button" className="btn btn-primary" onClick={acts.retryStuck}>
          {t("stuck.retry")} <kbd>r</kbd>
        </button>
      ) : null}
      {approvable ? (
        <Maybe tip={why}>
          <button
            type="button"
            className={can.has("retryStuck") ? "btn" : "btn btn-primary"}
            data-testid="approve"
            aria-disabled={why !== null}
            aria-describedby={why ? "approve-why" : undefined}
            onClick={() => {
              if (why === null) acts.approve();
            }}
          >
            {t("act.approve")} <kbd>{MOD} ⏎</kbd>
          </button>
        </Maybe>
      ) : null}
      {approvable && why ? (
        <span id="approve-why" className="unseen">
          {why}
        </span>
      ) : null}
      {can.has("edit") && !writing ? (
        <button type="button" className="btn" data-testid="write" onClick={acts.edit}>
          {t("draft.write")} <kbd>e</kbd>
        </button>
      ) : null}
      {can.has("regenerate") ? (
        <button type="button" className="btn" data-testid="regenerate" onClick={acts.regenerate}>
          {t(detail.draft ? "act.regenerate" : "act.try_draft")} <kbd>r</kbd>
        </button>
      ) : null}
      {can.has("takeBack") ? (
        <button type="button" className="btn" data-testid="take-back" onClick={acts.takeBack}>
          {t("act.take_back")} <kbd>z</kbd>
        </button>
      ) : null}
      {can.has("reopen") ? (
        <button type="button" className="btn" data-testid="reopen" onClick={acts.reopen}>
          {t("act.reopen")}
        </button>
      ) : null}
      <span className="grow" />
      <SnoozePopover open={snoozeOpen && can.has("snooze")} onOpenChange={onSnoozeOpen} onPick={acts.snooze}>
        <span className="actions-quiet">
          {shown.map(([name, word, key, run], at) => (
            <button key={name} type="button" className={`btn btn-quiet ${at >= 2 ? "actions-last" : ""}`} data-testid={`act-${name}`} onClick={run}>
              {word}
              {key ? <kbd>{key}</kbd> : null}
            </button>
          ))}
          {shown.length > 2 ? (
            <DropdownMenu.Root>
              <DropdownMenu.Trigger asChild>
                <button type="button" className="btn-icon actions-more" aria-label={t("detail.more")}>
                  <Icon of={Ellipsis} />
                </button>
              </DropdownMenu.Trigger>
              <DropdownMenu.Portal>
                <DropdownMenu.Content className="menu" align="end" side="top" sideOffset={6} collisionPadding={8}>
                  {shown.slice(2).map(([name, word, key, run]) => (
                    <DropdownMenu.Item
                      key={name}
                      className="menu-item"
                      onSelect={() => {
                        // The menu gives the focus back first; a popover opened before that would lose it at once.
                        setTimeout(run, 0);
                      }}
                    >
                      <span className="grow">{word}</span>
                      {key ? <kbd>{key}</kbd> : null}
                    </DropdownMenu.Item>
                  ))}
                </DropdownMenu.Content>
              </DropdownMenu.Portal>
            </DropdownMenu.Root>
          ) : null}
        </span>
      </SnoozePopover>
    </div>
  );
}

function Maybe({ tip, children }: { tip: string | null; children: React.ReactElement }) {
  return tip ? <Tip text={tip}>{children}</Tip> : children;
}
