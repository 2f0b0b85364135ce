import { Check, CircleMinus, Clock, FileText, FileQuestion, Flag, Lock, Minus, Package, SendHorizontal, TriangleAlert } from "lucide-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";
import type { LucideIcon } from "lucide-react";
import type { ActionView, CommentDetail, UnknownView } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { ago, clock, dayAndTime } from "@/shared/time";
import { useMinute } from "@/shared/useNow";
import { secondsLeft, useEngineNow } from "./useEngineNow";
import { canDecide } from "./useUnknown";
import { langOf } from "./words";

function Tell({ tone, icon, title, children, assertive = false }: { tone: "" | "warn" | "bad" | "ok"; icon: LucideIcon; title: string; children?: ReactNode; assertive?: boolean }) {
  return (
    <div className={`tell ${tone ? `tell-${tone}` : ""}`} role={assertive ? "alert" : undefined}>
      <Icon of={icon} />
      <b>{title}</b>
      {children}
    </div>
  );
}

/** Why there is no draft: the reason first, then what was looked at. */
export function Declined({ detail }: { detail: CommentDetail }) {
  const { t, i18n } = useTranslation();
  if (!detail.declined) return null;
  const calm = detail.declined === "no_reply_due" || detail.declined === "never_automatic";
  return (
    <>
      <div data-testid="declined">
        <Tell tone={calm ? "" : "warn"} icon={calm ? Lock : FileQuestion} title={t(`declined.${detail.declined}`)}>
          <p>{t(`declined.${detail.declined}_text`)}</p>
          {detail.declined_detail ? <Said words={i18n.language === "en" ? t("declined.missing", { detail: detail.declined_detail }) : detail.declined_detail} /> : null}
        </Tell>
      </div>
      {detail.found.length > 0 ? (
        <section className="found" aria-label={t("declined.found")}>
          <h2>{t("declined.found")}</h2>
          <ul>
            {detail.found.map((source) => (
              <li key={source.id}>
                <Icon of={source.kind === "product" ? Package : FileText} size={14} />
                <span className="found-title">
                  <bdi>{source.title}</bdi> <span className="muted">{source.detail}</span>
                </span>
                <p className="clip muted" lang={langOf(source.language)} dir="auto" title={source.text}>
                  {source.text}
                </p>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}

export function Stuck({ reason }: { reason: string | null }) {
  const { t } = useTranslation();
  return (
    <Tell tone="warn" icon={TriangleAlert} title={t("stuck.title")} assertive>
      <Said words={reason}>{t("stuck.text")}</Said>
    </Tell>
  );
}

/** What the outbox knows about the newest action of this comment. */
export function ActionState({ action, unknown, sending }: { action: ActionView; unknown?: UnknownView | undefined; sending: boolean }) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const seconds = secondsLeft(action, useEngineNow());
  const when = action.confirmed_at === null ? "" : ago(action.confirmed_at, i18n.language, now);
  const { kind } = action;
  const what = t(`outcome.kind.${kind}`);
  switch (action.state) {
    case "held":
    case "ready":
      return (
        <Tell tone="" icon={Clock} title={t("outcome.held_title", { what })}>
          <p>{sending ? t("outcome.held_text", { count: seconds }) : t("outcome.held_text_stopped")}</p>
        </Tell>
      );
    case "sending":
      return (
        <Tell tone="" icon={SendHorizontal} title={t("outcome.sending_title", { what })}>
          <p>{t("outcome.sending_text")}</p>
        </Tell>
      );
    case "retry_wait":
      return (
        <Tell tone="warn" icon={Clock} title={t("outcome.retry_title")}>
          <Said words={action.note}>{t("outcome.retry_text")}</Said>
        </Tell>
      );
    case "unknown":
      return (
        <Tell tone="warn" icon={Clock} title={t(kind === "reply" ? "outcome.unknown_title" : "outcome.unknown_act_title", { what })}>
          <p>
            {t(unknown?.next_look_at === null ? "outcome.unknown_text_decide" : canDecide(unknown) ? "outcome.unknown_text_late" : "outcome.unknown_text")}
            {sending || unknown?.next_look_at === null ? "" : ` ${t("outcome.unknown_text_stopped")}`}
          </p>
        </Tell>
      );
    case "failed":
      return (
        <Tell tone="bad" icon={TriangleAlert} title={t("outcome.failed_title", { what })} assertive>
          <Said words={action.note}>{t(kind === "reply" ? "outcome.failed_text" : kind === "hide" ? "outcome.failed_hide_text" : "outcome.failed_act_text")}</Said>
        </Tell>
      );
    case "confirmed":
      return <Tell tone="ok" icon={Check} title={t(`outcome.confirmed.${kind}`, { when })} />;
    case "cancelled":
      return null;
  }
}

export function StageNote({ detail }: { detail: CommentDetail }) {
  const { t, i18n } = useTranslation();
  const { row } = detail;
  if (row.stage === "snoozed" && row.snoozed_until !== null) {
    return <Tell tone="" icon={Clock} title={t("outcome.snoozed_title", { when: dayAndTime(row.snoozed_until, i18n.language) })} />;
  }
  if (row.stage === "escalated") {
    return (
      <Tell tone="" icon={Flag} title={t("outcome.escalated_title")}>
        <p>{t("outcome.escalated_text")}</p>
      </Tell>
    );
  }
  if (row.stage === "done" && !detail.actions.some((action) => action.state === "confirmed")) {
    return <Tell tone="" icon={CircleMinus} title={t("outcome.dismissed_title")} />;
  }
  return null;
}

/** The reply as it was approved; nobody edits it any more. */
export function LockedReply({ action, language }: { action: ActionView; language: string }) {
  const { t } = useTranslation();
  const open = action.state !== "confirmed";
  const title = action.kind === "private_reply" ? t("outcome.kind.private_reply") : t("draft.reply");
  return (
    <section className="draft locked" aria-label={title}>
      <header>
        <b>{title}</b>
        <bdi className="muted">@{action.account_username}</bdi>
        {open ? <span className="muted clip">{t("draft.locked")}</span> : null}
        <span className="grow" />
        {open ? <Icon of={Lock} size={12} /> : null}
      </header>
      <p className="locked-text" lang={langOf(language)} dir="auto">
        {action.text}
      </p>
    </section>
  );
}

interface Step {
  icon: "done" | "warn" | "busy" | "none";
  title: string;
  text?: string;
  said?: string | null;
  at?: number | null;
}

/** What happened since nobody answered, and what happens next. */
function unknownSteps(t: TFunction, action: ActionView, unknown: UnknownView | undefined, now: number): Step[] {
  const looks = unknown?.looks ?? 0;
  const note = unknown ? unknown.note : action.note;
  // The note is the last word: of the send, until there was a look.
  const steps: Step[] = [{ icon: "warn", title: t("outcome.step_no_answer"), text: t(action.kind === "reply" ? "outcome.step_no_answer_text" : "outcome.step_no_answer_act"), said: looks === 0 ? note : null }];
  if (!unknown) return steps;
  const { next_look_at: next, settled_at } = unknown;
  const seconds = next === null ? 0 : Math.ceil((next - now) / 1_000);
  const looked = looks === 0 ? "" : t("outcome.step_looks", { count: looks });
  const ahead = next === null ? "" : seconds > 0 ? t("outcome.step_reading_next", { count: seconds }) : t("outcome.step_reading_now");
  if (looks > 0 || next !== null) steps.push({ icon: next === null ? "done" : "busy", title: t("outcome.step_reading"), text: [looked, ahead].filter(Boolean).join(", "), said: looks === 0 ? null : note });
  const left = Math.ceil((settled_at - now) / 1_000);
  if (canDecide(unknown) || left <= 0) steps.push({ icon: "done", title: t("outcome.step_settled") });
  else steps.push({ icon: "none", title: t("outcome.step_settles", { count: left }) });
  steps.push({ icon: "none", title: t(next === null ? "outcome.step_decide" : "outcome.step_then") });
  return steps;
}

/** Only what is known: the times of the approval and of the confirmation, and of an unknown outcome those of the request. */
export function History({ action, unknown }: { action: ActionView; unknown?: UnknownView | undefined }) {
  const { t, i18n } = useTranslation();
  const now = useEngineNow();
  const { state } = action;
  const created = action.kind === "reply" ? t("outcome.step_created") : t("outcome.step_asked", { what: t(`outcome.kind.${action.kind}`) });
  const steps: Step[] = [{ icon: "done", title: created, at: action.created_at }];
  const attempts = t("outcome.attempt", { count: action.attempts });
  if (action.attempts > 0 || state === "sending") steps.push({ icon: "done", title: t("outcome.step_held"), ...(action.kind === "reply" ? { text: t("outcome.step_held_text") } : {}) });
  switch (state) {
    case "sending":
      steps.push({ icon: "busy", title: t("outcome.step_sending"), text: t("outcome.sending_text") });
      break;
    case "unknown":
      steps.push({ icon: "done", title: t("outcome.step_sent"), ...(action.attempts > 1 ? { text: attempts } : {}), at: unknown?.sent_at ?? null });
      steps.push(...unknownSteps(t, action, unknown, now));
      break;
    case "retry_wait":
      if (action.attempts > 0) steps.push({ icon: "warn", title: t("outcome.step_refused_now"), text: attempts, said: action.note });
      steps.push({ icon: "busy", title: t("outcome.step_waiting") });
      break;
    case "confirmed":
      steps.push({ icon: "done", title: t("outcome.step_confirmed"), ...(action.attempts > 0 ? { text: attempts } : {}), at: action.confirmed_at });
      break;
    case "failed":
      steps.push({ icon: "warn", title: t("outcome.step_failed"), said: action.note });
      break;
    case "cancelled":
      steps.push({ icon: "none", title: t("outcome.step_cancelled"), said: action.note });
      break;
    case "held":
    case "ready":
      break;
  }
  return (
    <section className="history" aria-label={t("outcome.history")}>
      <h2>
        {t("outcome.history")} <span className="muted">{t("outcome.entry", { id: action.id })}</span>
      </h2>
      <ol>
        {steps.map((step) => (
          <li key={step.title} data-step={step.icon}>
            {step.icon === "busy" ? <span className="spinner" /> : <span className="step-icon"><Icon of={step.icon === "warn" ? TriangleAlert : step.icon === "none" ? Minus : Check} size={14} /></span>}
            <div className="grow">
              <p className={step.icon === "none" ? "muted" : undefined}>{step.title}</p>
              {step.text ? <small className="muted">{step.text}</small> : null}
              <Said words={step.said} />
            </div>
            {step.at == null ? null : <time className="muted">{clock(step.at, i18n.language)}</time>}
          </li>
        ))}
      </ol>
    </section>
  );
}
