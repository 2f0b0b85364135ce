import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { QuotaView, UsageView } from "@/contract/contract";
import { ahead, hourAndMinute, localeOf } from "@/shared/time";
import { useMinute } from "@/shared/useNow";

/** From here on a limit is shown in amber. */
const NEARLY = 80;
const SHADES = 3;

/** Of the units of today, 0..=100. */
export function quotaPercent(quota: QuotaView): number {
  return Math.min(100, Math.round((100 * (quota.daily_units - quota.units_left)) / Math.max(1, quota.daily_units)));
}

export function limitTone(percent: number): "warn" | undefined {
  return percent >= NEARLY ? "warn" : undefined;
}

export function Meter({ percent, label }: { percent: number; label: string }) {
  return (
    <span className="meter limit-meter" role="img" aria-label={label} data-tone={limitTone(percent)}>
      <i style={{ width: `${String(Math.min(100, percent))}%` }} />
    </span>
  );
}

/** Units of a Google Cloud project for today: how many are left, on what the others went, and when they come back. */
export function Quota({ quota, onBudget }: { quota: QuotaView; onBudget: (daily: number, reserve: number) => Promise<boolean> }) {
  const { t, i18n } = useTranslation();
  const [changing, setChanging] = useState(false);
  const number = (value: number) => new Intl.NumberFormat(localeOf(i18n.language)).format(value);
  const shown = quota.spent_by_kind.slice(0, SHADES);
  const rest = quota.spent_by_kind.slice(SHADES).reduce((sum, each) => sum + each.units, 0);
  const parts = [...shown.map((each) => ({ words: t(`account.spent.${each.kind}`, { defaultValue: each.kind }), units: each.units })), ...(rest > 0 ? [{ words: t("account.spent.other"), units: rest }] : [])];
  const low = quota.units_left <= quota.reserve_units;
  return (
    <section aria-label={t("account.units")}>
      <h2>
        {t("account.units")} <small className="muted">{t("account.units_note")}</small>
        <span className="grow" />
        <button
          type="button"
          className="btn btn-quiet btn-small"
          aria-expanded={changing}
          onClick={() => {
            setChanging(!changing);
          }}
        >
          {t("account.budget_change")}
        </button>
      </h2>
      <p className="quota-left" data-low={low || undefined}>
        <b>{number(quota.units_left)}</b> {t("account.units_left", { all: number(quota.daily_units), count: quota.replies_possible })}
      </p>
      <div className="quota-bar" role="img" aria-label={t("account.units_used", { percent: quotaPercent(quota) })}>
        {parts.map((part, at) => (
          <i key={part.words} data-shade={at} style={{ flex: part.units }} />
        ))}
        <i data-shade="left" style={{ flex: Math.max(quota.units_left, 0) }} />
      </div>
      <ul className="quota-key">
        {parts.map((part, at) => (
          <li key={part.words}>
            <i data-shade={at} /> {part.words} {number(part.units)}
          </li>
        ))}
        <li>
          <i data-shade="left" /> {t("account.spent.left")} {number(quota.units_left)}
        </li>
      </ul>
      <p className="muted">
        {t("account.resets", { at: hourAndMinute(quota.resets_at, i18n.language) })} {t(low ? "account.reserve_low" : "account.reserve", { units: number(quota.reserve_units) })}
      </p>
      {changing ? (
        <Budget
          quota={quota}
          onSave={async (daily, reserve) => {
            if (await onBudget(daily, reserve)) setChanging(false);
          }}
        />
      ) : null}
    </section>
  );
}

const LEAST = 1_000;
const MOST = 10_000_000;

function Budget({ quota, onSave }: { quota: QuotaView; onSave: (daily: number, reserve: number) => Promise<void> }) {
  const { t } = useTranslation();
  const [daily, setDaily] = useState(String(quota.daily_units));
  const [reserve, setReserve] = useState(String(quota.reserve_units));
  const whole = (text: string) => (/^\d{1,8}$/u.test(text.trim()) ? Number(text) : NaN);
  const dailyFits = whole(daily) >= LEAST && whole(daily) <= MOST;
  const reserveFits = whole(reserve) >= 0 && whole(reserve) <= whole(daily) / 2;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (dailyFits && reserveFits) void onSave(whole(daily), whole(reserve));
  };
  const field = (word: string, value: string, fits: boolean, onChange: (value: string) => void) => (
    <label>
      <span>{word}</span>
      <span className="field" data-invalid={!fits}>
        <input
          inputMode="numeric"
          value={value}
          aria-invalid={!fits}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      </span>
    </label>
  );
  return (
    <form className="budget" onSubmit={save}>
      {field(t("account.budget_daily"), daily, dailyFits, setDaily)}
      {field(t("account.budget_reserve"), reserve, reserveFits, setReserve)}
      <button type="submit" className="btn btn-small" disabled={!dailyFits || !reserveFits}>
        {t("settings.save")}
      </button>
      <small className={dailyFits && reserveFits ? "muted" : "over"}>{t(dailyFits ? (reserveFits ? "account.budget_note" : "account.budget_reserve_range") : "account.budget_daily_range")}</small>
    </form>
  );
}

/** How much of a platform's own limit is used. */
export function Usage({ usage }: { usage: UsageView }) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const words = t("account.usage_percent", { percent: usage.percent });
  return (
    <section aria-label={t("account.usage")}>
      <h2>
        {t("account.usage")} <small className="muted">{t("account.usage_note")}</small>
      </h2>
      <p>{words}</p>
      <Meter percent={usage.percent} label={words} />
      {usage.calls_again_at === null ? null : <p className="warns">{t("account.calls_again", { when: ahead(usage.calls_again_at, i18n.language, now) })}</p>}
    </section>
  );
}
