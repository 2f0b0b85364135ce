import { memo } from "react";
import { Check, CornerDownRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CommentRow } from "@/contract/contract";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { useMinute } from "@/shared/useNow";
import { ActionMarker, AlikeChip, Badge, LabelChip, Marker } from "./Chips";
import { Thumb } from "./Thumb";
import { ageWords, langOf, nameOf } from "./words";

export interface RowProps {
  row: CommentRow;
  selected: boolean;
  read: boolean;
  compact: boolean;
  sending: boolean;
  /** `null` while nothing is picked. */
  picked: boolean | null;
  onPick: (id: number, range: boolean) => void;
}

/** One comment in the list. Its text is only ever a text node. */
export const RowContent = memo(function RowContent({ row, read, compact, sending, picked, onPick }: RowProps) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const unread = row.unread && !read;
  const age = <time dateTime={new Date(row.published_at).toISOString()}>{ageWords(t, row.published_at, i18n.language, now)}</time>;
  const text = (
    <p lang={langOf(row.language)} dir="auto" data-empty={row.text.trim() === "" || undefined}>
      {row.text.trim() === "" ? t("list.empty_text") : row.text}
    </p>
  );
  // What the marker at the right says already, or what no longer matters, is not said again.
  const badges = row.badges.filter((badge) =>
    row.stage === "done" ? badge === "deleted_by_author" || badge === "edited_by_author" : !(row.stage === "in_outbox" && badge === "outcome_unknown"),
  );
  // "No draft" adds nothing once two reasons say it already.
  const marker = row.draft === "no_draft" && badges.length > 1 ? "none" : row.draft;
  const [primary, second] = row.labels;
  const [badge, secondBadge] = badges;
  const foot = (
    <>
      {primary ? <LabelChip label={primary} place="primary" /> : null}
      <AlikeChip row={row} />
      {badge ? <Badge reason={badge} /> : null}
      {/* One more thing, and only when all of it fits. */}
      {secondBadge || second ? (
        <span className="row-if-room">
          <i />
          {secondBadge ? <Badge reason={secondBadge} /> : second ? <LabelChip label={second} place="second" /> : null}
        </span>
      ) : null}
      <span className="grow" />
      {row.action ? <ActionMarker action={row.action} sending={sending} /> : row.stage === "done" ? null : <Marker draft={marker} />}
    </>
  );
  // Keys do the same; for the pointer the box stands where the unread dot is.
  const gutter = (
    <span
      className="row-gutter"
      aria-hidden="true"
      data-testid={`pick-${String(row.id)}`}
      onClick={(event) => {
        event.stopPropagation();
        onPick(row.id, event.shiftKey);
      }}
    >
      {unread && picked === null ? <i /> : null}
      <span className="pick" data-on={picked ?? undefined}>
        {picked ? <Icon of={Check} size={12} /> : null}
      </span>
    </span>
  );
  const who = (
    <>
      {row.is_reply ? <Icon of={CornerDownRight} size={12} /> : null}
      <PlatformIcon platform={row.platform} size={14} />
      <bdi className="row-name">{nameOf(row)}</bdi>
    </>
  );
  if (compact) {
    return (
      <div className="row-body" data-unread={unread || undefined} data-picking={picked !== null || undefined}>
        {gutter}
        <div className="row-lines">
          <div className="row-line">
            {who}
            {text}
            {age}
          </div>
          <div className="row-line row-line-2">{foot}</div>
        </div>
      </div>
    );
  }
  return (
    <div className="row-body" data-unread={unread || undefined} data-picking={picked !== null || undefined}>
      {gutter}
      <div className="row-main">
        <header>
          <span className="row-who">
            <span className="row-author">{who}</span>
            <bdi className="row-handle clip">{row.author_username === nameOf(row) ? "" : row.author_username}</bdi>
          </span>
          {age}
        </header>
        {text}
        <footer>{foot}</footer>
      </div>
      <Thumb post={row.post_id} kind={row.post_kind} />
    </div>
  );
});
