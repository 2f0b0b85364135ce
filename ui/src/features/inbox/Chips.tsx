import {
  CircleHelp,
  Clock,
  Copy,
  FileQuestion,
  Languages,
  Lock,
  PencilLine,
  Quote,
  Scale,
  SendHorizontal,
  ShieldX,
  Split,
  TriangleAlert,
  Trash2,
  type LucideIcon,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ActionView, CommentRow, DraftMarker, LabelView, ReasonBadge } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { confidencePercent } from "@/shared/time";
import { secondsLeft, useEngineNow } from "./useEngineNow";
import { alikeWaiting } from "./words";

export function LabelChip({ label, place }: { label: LabelView; place: "primary" | "second" }) {
  const { t } = useTranslation();
  const kind = !label.sure ? "low" : place;
  return (
    <span className={`chip label-${label.label}`} data-kind={kind}>
      <i />
      {t(`label.${label.label}`)}
      {label.by_person ? null : <span>{confidencePercent(label.confidence)}</span>}
    </span>
  );
}

const BADGES: Record<ReasonBadge, [LucideIcon, "" | "warn" | "bad"]> = {
  no_source: [FileQuestion, "warn"],
  sources_disagree: [Scale, "warn"],
  other_language_only: [Languages, "warn"],
  ambiguous: [Split, "warn"],
  never_automatic: [Lock, ""],
  guard_failed: [ShieldX, "bad"],
  unsure: [CircleHelp, "warn"],
  second_complaint: [TriangleAlert, "bad"],
  edited_by_author: [PencilLine, ""],
  deleted_by_author: [Trash2, ""],
  send_failed: [SendHorizontal, "bad"],
  outcome_unknown: [Clock, "warn"],
  stuck: [TriangleAlert, "warn"],
};

export function Badge({ reason }: { reason: ReasonBadge }) {
  const { t } = useTranslation();
  const [icon, tone] = BADGES[reason];
  return (
    <span className="reason" data-tone={tone || undefined}>
      <Icon of={icon} size={12} />
      <span className="clip">{t(`badge.${reason}`)}</span>
    </span>
  );
}

export function AlikeChip({ row }: { row: CommentRow }) {
  const { t } = useTranslation();
  const count = alikeWaiting(row);
  if (count === 0) return null;
  return (
    <span className="reason alike" data-testid="alike">
      <Icon of={Copy} size={12} />
      {t("alike.chip", { count })}
    </span>
  );
}

export function Marker({ draft }: { draft: DraftMarker }) {
  const { t } = useTranslation();
  if (draft === "none") return null;
  return (
    <span className="marker" data-draft={draft}>
      {draft === "draft" ? <Icon of={Quote} size={12} /> : null}
      {draft === "edited" ? <Icon of={PencilLine} size={12} /> : null}
      {draft === "drafting" ? <span className="spinner spinner-small" /> : null}
      {t(`marker.${draft}`)}
    </span>
  );
}

export function ActionMarker({ action, sending }: { action: ActionView; sending: boolean }) {
  const { t } = useTranslation();
  const left = secondsLeft(action, useEngineNow());
  const words =
    action.state === "held"
      ? sending
        ? t("action_state.held", { count: left })
        : t("action_state.held_stopped")
      : action.state === "confirmed" && action.kind !== "reply"
        ? t(action.kind === "hide" ? "action_state.confirmed_hide" : "action_state.done")
        : t(`action_state.${action.state}`);
  return (
    <span className="marker" data-action={action.state}>
      {words}
    </span>
  );
}
