import { ChevronRight, User } from "lucide-react";
import { Popover } from "radix-ui";
import { useTranslation } from "react-i18next";
import type { AuthorView } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { initials } from "@/shared/text";
import { monthOf, shortDate } from "@/shared/time";
import { useMinute } from "@/shared/useNow";

/** One line when the window is narrow; the whole card opens from it. */
export function AuthorStrip({ author }: { author: AuthorView }) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const when = author.first_seen_at === null ? null : monthOf(author.first_seen_at, i18n.language, now);
  return (
    <div className="author-strip">
      <Icon of={User} size={14} />
      <span className="clip grow">
        {t("author.strip", { count: author.comments })}
        {when ? ` ${t("author.since", { when })}` : ""}, {t("author.answered", { count: author.answered })},{" "}
        {author.strikes === 0 ? t("author.no_strikes") : t("author.strikes", { count: author.strikes })}
        {author.complaints > 0 ? `, ${t("author.complaints", { count: author.complaints })}` : ""}
      </span>
      <Popover.Root>
        <Popover.Trigger asChild>
          <button type="button" className="btn btn-quiet btn-small">
            {t("author.open")}
            <Icon of={ChevronRight} size={14} />
          </button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content className="popover author-popover" side="bottom" align="end" sideOffset={6} collisionPadding={12} aria-label={t("author.title")}>
            <AuthorCard author={author} />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
    </div>
  );
}

export function AuthorCard({ author }: { author: AuthorView }) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const facts: [string, string | number][] = [
    [t("author.comments"), author.comments],
    [t("author.answered"), author.answered],
    [t("author.complaints"), author.complaints],
    [t("author.strikes"), author.strikes],
    ...(author.first_seen_at === null ? [] : [[t("author.first_seen"), shortDate(author.first_seen_at, i18n.language, now)] as [string, string]]),
  ];
  return (
    <div className="author-card">
      <div className="author-who">
        <span className="avatar avatar-large" aria-hidden="true">
          {initials(author.name || author.username)}
        </span>
        <div className="grow">
          <b className="clip">
            <bdi>{author.name || author.username}</bdi>
          </b>
          <small className="muted">
            <bdi>@{author.username}</bdi>
          </small>
        </div>
      </div>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h2>{t("author.before")}</h2>
      {author.past_replies.length === 0 ? (
        <p className="muted">{t("author.nothing_before")}</p>
      ) : (
        <ul>
          {author.past_replies.map((reply) => (
            <li key={reply.at}>
              <p className="muted" dir="auto">
                {reply.comment_text}
              </p>
              <p dir="auto">{reply.reply_text}</p>
              <time className="muted">{shortDate(reply.at, i18n.language, now)}</time>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
