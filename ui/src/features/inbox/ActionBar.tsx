import { Ellipsis } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CommentDetail, HidingView, UnknownView } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { MOD } from "@/shared/keys";
import { Tip } from "@/shared/Tip";
import { useAfterClose } from "@/shared/useAfterClose";
import { allowed, type CardAct, type CardActs } from "./allowed";
import { useIsNewest } from "./Dock";
import type { DraftState } from "./DraftCard";
import { fixAll } from "./fixFindings";
import { SnoozePopover } from "./SnoozePopover";
import type { UndoTrail } from "./undoTrail";
import { canDecide } from "./useUnknown";

interface Entry {
  name: string;
  word: string;
  keys?: string;
  run: () => void;
  /** Why it is off; it stays in sight and says so. */
  off?: string | undefined;
  primary?: boolean;
}

interface Props {
  detail: CommentDetail;
  /** What the platform lets hide. */
  hiding: HidingView | null;
  /** What is known while nobody knows whether the reply is out. */
  unknown: UnknownView | undefined;
  state: DraftState;
  /** The editor is shown, so approving makes sense. */
  writing: boolean;
  acts: CardActs;
  trail: UndoTrail;
  onFixAll: () => void;
  snoozeOpen: boolean;
  onSnoozeOpen: (open: boolean) => void;
}

export function ActionBar(props: Props) {
  const { detail, acts, snoozeOpen, onSnoozeOpen } = props;
  const { t, i18n } = useTranslation();
  const { loud, quiet } = useEntries(props);
  const [bar, setBar] = useState<HTMLDivElement | null>(null);
  const { caps, shown } = useFit(bar, loud.length + quiet.length, [i18n.language, detail.row.id, ...loud.map(signature), ...quiet.map(signature)].join("|"));
  const can = allowed(detail, props.state, props.hiding);
  if (loud.length + quiet.length === 0) return null;
  // From the right: what does not fit goes into the menu, the primary action last of all.
  const inMenu = [...loud, ...quiet].slice(shown);
  const why = loud.find((entry) => entry.name === "approve")?.off;
  return (
    <div ref={setBar} className="actions" role="toolbar" aria-label={t("detail.label")}>
      {loud.slice(0, shown).map((entry) => (
        <Action key={entry.name} entry={entry} className={entry.primary ? "btn btn-primary" : "btn"} testid={entry.name} caps={caps > 0} />
      ))}
      {why ? (
        <span id="approve-why" className="unseen">
          {why}
        </span>
      ) : null}
      <span className="grow" />
      <SnoozePopover open={snoozeOpen && can.has("snooze")} onOpenChange={onSnoozeOpen} onPick={acts.snooze}>
        <span className="actions-quiet">
          {quiet.slice(0, Math.max(0, shown - loud.length)).map((entry) => (
            <Action key={entry.name} entry={entry} className="btn btn-quiet" testid={`act-${entry.name}`} caps={caps > 1} />
          ))}
          {inMenu.length > 0 ? <More entries={inMenu} /> : null}
        </span>
      </SnoozePopover>
    </div>
  );
}

function signature(entry: Entry): string {
  return `${entry.name}${entry.off ? "-" : ""}`;
}

function Action({ entry: { name, word, keys, run, off }, className, testid, caps }: { entry: Entry; className: string; testid: string; caps: boolean }) {
  const button = (
    <button
      type="button"
      className={className}
      data-testid={testid}
      aria-disabled={off !== undefined}
      aria-describedby={off && name === "approve" ? "approve-why" : undefined}
      onClick={() => {
        if (off === undefined) run();
      }}
    >
      {word}
      {keys && caps ? <kbd>{keys}</kbd> : null}
    </button>
  );
  return off ? <Tip text={off}>{button}</Tip> : button;
}

function More({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const afterMenu = useAfterClose();
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button ref={button} type="button" className="btn-icon actions-more" data-testid="act-more" aria-label={t("detail.more")}>
          <Icon of={Ellipsis} />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" side="top" sideOffset={6} collisionPadding={8} onCloseAutoFocus={afterMenu.backTo(button)}>
          {entries.map(({ name, word, keys, run, off }) => (
            <DropdownMenu.Item
              key={name}
              className="menu-item"
              disabled={off !== undefined}
              onSelect={() => {
                afterMenu.choose(run);
              }}
            >
              <span className="grow">{word}</span>
              {keys ? <kbd>{keys}</kbd> : null}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function useEntries({ detail, hiding, unknown, state, writing, acts, trail, onFixAll, onSnoozeOpen }: Props): { loud: Entry[]; quiet: Entry[] } {
  const { t } = useTranslation();
  const can = allowed(detail, state, hiding);
  const undoable = useIsNewest(trail, can.has("takeBack") ? detail.actions[0] : null);
  const findings = state.report?.findings ?? [];
  const approvable = can.has("edit") && writing;
  const why = findings.length > 0 ? t("act.approve_off_guard") : state.text.trim() === "" ? t("act.approve_off_empty") : undefined;
  const fixable = approvable && fixAll(state.text, findings) !== null;
  // Where looking came to nothing for good, it is not offered either.
  const needsPerson = unknown?.next_look_at === null;
  const decides = canDecide(unknown);
  const stopped = approvable && findings.length > 0 && state.text.trim() !== "";
  const loud: (Entry | false)[] = [
    can.has("retryStuck") && { name: "retryStuck", word: t("stuck.retry"), keys: "r", run: acts.retryStuck, primary: true },
    fixable && { name: "fixAll", word: t("act.fix_all", { count: findings.length }), run: onFixAll, primary: true },
    stopped && !fixable && { name: "edit", word: t("act.edit"), keys: "e", run: acts.edit, primary: true },
    approvable && { name: "approve", word: t("act.approve"), keys: `${MOD} ⏎`, run: acts.approve, off: why, primary: !can.has("retryStuck") && !stopped },
    can.has("edit") && !writing && { name: "write", word: t("draft.write"), keys: "e", run: acts.edit },
    can.has("regenerate") && { name: "regenerate", word: t(detail.draft ? "act.regenerate" : "act.try_draft"), keys: "r", run: acts.regenerate },
    can.has("takeBack") && { name: "take-back", word: t("act.take_back"), ...(undoable ? { keys: "z" } : {}), run: acts.takeBack },
    can.has("reopen") && { name: "reopen", word: t("act.reopen"), run: acts.reopen },
    can.has("lookNow") && !needsPerson && { name: "look-now", word: t("outcome.look_now"), run: acts.lookNow, primary: !decides },
    can.has("posted") && { name: "posted", word: t("outcome.posted"), run: acts.posted, primary: needsPerson },
    // There from the start, so that nobody looks for it; it waits until the request can arrive no longer.
    can.has("sendAgain") && { name: "send-again", word: t("outcome.send_again"), run: acts.sendAgain, off: decides ? undefined : t("outcome.send_again_off") },
  ];
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
    ["giveUp", t("outcome.give_up"), "", acts.giveUp],
  ];
  return {
    loud: loud.filter((entry) => entry !== false),
    quiet: quiet.filter(([name]) => can.has(name)).map(([name, word, keys, run]) => ({ name, word, keys, run, off: name === "giveUp" && !decides ? t("outcome.give_up_off") : undefined })),
  };
}

/**
 * How much of the bar has room: first the caps of the quiet actions go, then the last actions, then the caps of the
 * rest. It is measured, so it holds for every language, width and set of actions.
 */
function useFit(bar: HTMLElement | null, count: number, what: string): { caps: 0 | 1 | 2; shown: number } {
  const width = useWidth(bar);
  const asked = `${what}|${width}`;
  const [measured, setMeasured] = useState(asked);
  const [step, setStep] = useState(0);
  if (measured !== asked) {
    setMeasured(asked);
    setStep(0);
  }
  useLayoutEffect(() => {
    if (bar && bar.scrollWidth > bar.clientWidth && step <= count) setStep(step + 1);
  }, [bar, step, count, asked]);
  if (step === 0) return { caps: 2, shown: count };
  if (step > count) return { caps: 0, shown: 1 };
  return { caps: 1, shown: Math.max(1, count - step + 1) };
}

/** Changes with the width, and once more when the face has been loaded. */
function useWidth(element: HTMLElement | null): string {
  const [width, setWidth] = useState(0);
  const [face, setFace] = useState("");
  useLayoutEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(() => {
      setWidth(element.clientWidth);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  useEffect(() => {
    // Some test environments have no fonts at all.
    const fonts = document.fonts as FontFaceSet | undefined;
    void fonts?.ready.then(() => {
      setFace("loaded");
    });
  }, []);
  return `${String(width)}${face}`;
}
