import { Check, CircleMinus, Clock, FileText, FileQuestion, Flag, Lock, Package, SendHorizontal, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";
import type { LucideIcon } from "lucide-react";
import type { ActionView, CommentDetail } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { ago, clock, dayAndTime } from "@/shared/time";
import { useNow } from "@/shared/useNow";
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
  const { t } = useTranslation();
  if (!detail.declined) return null;
  const calm = detail.declined === "no_reply_due" || detail.declined === "never_automatic";
  return (
    <>
      <div data-testid="declined">
        <Tell tone={calm ? "" : "warn"} icon={calm ? Lock : FileQuestion} title={t(`declined.${detail.declined}`)}>
          <p>
            {t(`declined.${detail.declined}_text`)}
            {detail.declined_detail ? (
              <>
                {" "}
                <bdi>{t("declined.missing", { detail: detail.declined_detail })}</bdi>.
              </>
            ) : null}
          </p>
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
      <p>
        {reason ? `${reason} ` : ""}
        {t("stuck.text")}
      </p>
    </Tell>
  );
}

/** What the outbox knows about the newest action of this comment. */
export function ActionState({ action, sending }: { action: ActionView; sending: boolean }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const seconds = Math.max(0, Math.ceil((action.due_at - now) / 1000));
  const when = action.confirmed_at === null ? "" : ago(action.confirmed_at, i18n.language, now);
  const kind = action.kind === "hide" || action.kind === "unhide" ? action.kind : "reply";
  const note = action.note ? `${action.note}. ` : "";
  switch (action.state) {
    case "held":
    case "ready":
      return (
        <Tell tone="" icon={Clock} title={t(kind === "reply" ? "outcome.held_title" : `outcome.held_${kind}_title`)}>
          <p>{sending ? t("outcome.held_text", { count: seconds }) : t("outcome.held_text_stopped")}</p>
        </Tell>
      );
    case "sending":
      return (
        <Tell tone="" icon={SendHorizontal} title={t("outcome.sending_title")}>
          <p>{t("outcome.sending_text")}</p>
        </Tell>
      );
    case "retry_wait":
      return (
        <Tell tone="warn" icon={Clock} title={t("outcome.retry_title")}>
          <p>
            {note}
            {t("outcome.retry_text")}
          </p>
        </Tell>
      );
    case "unknown":
      return (
        <Tell tone="warn" icon={Clock} title={t("outcome.unknown_title")}>
          <p>
            {t("outcome.unknown_text")}
            {sending ? "" : ` ${t("outcome.unknown_text_stopped")}`}
          </p>
        </Tell>
      );
    case "failed":
      return (
        <Tell tone="bad" icon={TriangleAlert} title={t(kind === "hide" ? "outcome.failed_hide_title" : "outcome.failed_title")} assertive>
          <p>
            {note}
            {t(kind === "hide" ? "outcome.failed_hide_text" : "outcome.failed_text")}
          </p>
        </Tell>
      );
    case "confirmed":
      return <Tell tone="ok" icon={Check} title={t(kind === "reply" ? "outcome.confirmed_title" : `outcome.confirmed_${kind}_title`, { when })} />;
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
  return (
    <section className="draft locked" aria-label={t("draft.reply")}>
      <header>
        <b>{t("draft.reply")}</b>
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

type Step = { icon: "done" | "warn" | "busy" | "none"; title: string; text?: string; at: number | null };

export function History({ action }: { action: ActionView }) {
  const { t, i18n } = useTranslation();
  const created = action.kind === "hide" ? "outcome.step_created_hide" : action.kind === "unhide" ? "outcome.step_created_unhide" : "outcome.step_created";
  const steps: Step[] = [{ icon: "done", title: t(created), at: action.created_at }];
  const tried = action.attempts > 0 ? t("outcome.attempt", { count: action.attempts }) : undefined;
  if (action.attempts > 0 || action.state === "sending") {
    steps.push({ icon: "done", title: t("outcome.step_held"), at: action.due_at });
  }
  if (action.state === "unknown") {
    steps.push({ icon: "warn", title: t("outcome.step_no_answer"), text: t("outcome.step_no_answer_text"), at: null });
    steps.push({ icon: "busy", title: t("outcome.step_reading"), text: t("outcome.step_reading_text"), at: null });
  } else if (action.state === "confirmed") {
    steps.push({ icon: "done", title: t("outcome.step_confirmed"), ...(tried ? { text: tried } : {}), at: action.confirmed_at });
  } else if (action.state === "failed") {
    steps.push({ icon: "warn", title: t("outcome.step_failed"), ...(action.note ? { text: action.note } : {}), at: null });
  } else if (action.state === "cancelled") {
    steps.push({ icon: "none", title: t("outcome.step_cancelled"), ...(action.note ? { text: action.note } : {}), at: null });
  }
  return (
    <section className="history" aria-label={t("outcome.history")}>
      <h2>{t("outcome.history")}</h2>
      <ol>
        {steps.map((step) => (
          <li key={step.title}>
            {step.icon === "busy" ? <span className="spinner" /> : <span data-step={step.icon}><Icon of={step.icon === "warn" ? TriangleAlert : step.icon === "none" ? CircleMinus : Check} size={14} /></span>}
            <div className="grow">
              <p>{step.title}</p>
              {step.text ? <small className="muted">{step.text}</small> : null}
            </div>
            {step.at === null ? null : <time className="muted">{clock(step.at, i18n.language)}</time>}
          </li>
        ))}
      </ol>
    </section>
  );
}
