import { useTranslation } from "react-i18next";
import { Segments } from "@/shared/Segments";
import { dayOf, startOfDay } from "@/shared/time";
import { useMinute } from "@/shared/useNow";

/** Before any of the platforms had comments: what is typed on the way to a year is not taken for one. */
const FIRST_DAY = "2004-01-01";

/** Which comments get a draft: every one, or those published since a day. */
export function DraftsFrom({ since, onSince }: { since: number | null; onSince: (since: number | null) => void }) {
  const { t } = useTranslation();
  const today = dayOf(useMinute());
  return (
    <div className="drafts-from">
      <Segments
        label={t("account.drafts")}
        value={since === null ? "every" : "since"}
        options={[
          { value: "every", text: t("account.drafts_every") },
          { value: "since", text: t("account.drafts_since") },
        ]}
        onChange={(choice) => {
          onSince(choice === "every" ? null : startOfDay(today));
        }}
      />
      {since === null ? null : (
        <span className="field">
          <input
            type="date"
            aria-label={t("account.drafts_day")}
            data-testid="drafts-day"
            min={FIRST_DAY}
            max={today}
            value={dayOf(since)}
            onChange={(event) => {
              const day = startOfDay(event.target.value);
              if (day !== null && event.target.value >= FIRST_DAY && event.target.value <= today) onSince(day);
            }}
          />
        </span>
      )}
      <small className="muted">{t(since === null ? "account.drafts_every_text" : "account.drafts_since_text")}</small>
    </div>
  );
}
