import { Clock, Pause, Play, RefreshCw, Trash2, TriangleAlert, Unplug, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AccountCard, CommandError, ImportView, Mode } from "@/contract/contract";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { Segments } from "@/shared/Segments";
import { ago, ahead, localeOf, monthOf, shortDate } from "@/shared/time";
import { useMinute } from "@/shared/useNow";
import { Capabilities } from "./Capabilities";
import { DraftsFrom } from "./DraftsFrom";
import { Failed } from "@/backend/Failed";
import { Quota, Usage } from "./Limits";
import { Permissions } from "./Permissions";
import { endsSoon, isConnectable, missingOf } from "./standing";
import { useCounts } from "./useCounts";

const MODES: Mode[] = ["off", "simulate", "draft", "auto"];

export interface PaneProps {
  card: AccountCard;
  /** The last change was refused. */
  failed: CommandError | null;
  /** What the last check said. */
  told: string;
  checking: boolean;
  onMode: (mode: Mode) => void;
  onPause: () => void;
  onImport: () => void;
  onSince: (since: number | null) => void;
  onBudget: (daily: number, reserve: number) => Promise<boolean>;
  onCheck: () => void;
  onReconnect: () => void;
  onDisconnect: () => void;
}

/** Everything about one account, and everything that can be done with it. */
export function AccountPane(props: PaneProps) {
  const { card, failed, told } = props;
  const { t } = useTranslation();
  const signIn = !card.simulated && isConnectable(card.platform);
  return (
    <section className="account-pane" aria-label={card.name} data-testid={`account-${String(card.id)}`}>
      <div className="bar">
        <PlatformIcon platform={card.platform} />
        <h2 className="clip">
          <bdi>{card.name}</bdi>
        </h2>
        {card.disconnected ? null : (
          <span className="mode" data-mode={card.mode}>
            {t(`mode.${card.mode}`)}
          </span>
        )}
        <span className="grow" />
        {card.simulated ? <small className="muted clip">{t("accounts.simulated")}</small> : null}
      </div>
      <div className="account-body">
        <p className="told" role="status">
          {told}
        </p>
        {failed ? <Failed error={failed} /> : null}
        {card.disconnected ? <Kept /> : <Working {...props} signIn={signIn} />}
        <Facts card={card} />
      </div>
      {card.disconnected ? <KeptFoot {...props} /> : <WorkingFoot {...props} signIn={signIn} />}
    </section>
  );
}

/** An account that was taken off: what was collected of it, to be read. */
function Kept() {
  const { t } = useTranslation();
  return (
    <Tell tone="" icon={Unplug} title={t("account.state.disconnected")}>
      <p>{t("account.kept_text")}</p>
    </Tell>
  );
}

function KeptFoot({ card, onReconnect, onDisconnect }: PaneProps) {
  const { t } = useTranslation();
  return (
    <footer className="account-foot">
      {isConnectable(card.platform) ? (
        <button type="button" className="btn btn-primary" onClick={onReconnect}>
          {t("account.connect_again")}
        </button>
      ) : null}
      <span className="grow" />
      <button type="button" className="btn btn-quiet account-leave" onClick={onDisconnect}>
        <Icon of={Trash2} size={14} />
        {t("account.erase")}
      </button>
    </footer>
  );
}

function Working(props: PaneProps & { signIn: boolean }) {
  const { card, signIn, onMode, onSince, onReconnect } = props;
  const { t } = useTranslation();
  const missing = missingOf(card.permissions);
  return (
    <>
        <Standing {...props} />
        <section className="account-mode" aria-label={t("account.mode_title")}>
          <h2>{t("account.mode_title")}</h2>
          <Segments label={t("account.mode_of", { name: card.name })} value={card.mode} options={MODES.map((value) => ({ value, text: t(`mode.${value}`) }))} onChange={onMode} />
          <small className="muted">{t(`account.mode.${card.mode}`)}</small>
        </section>
        {card.import.state === "running" || card.import.state === "paused" ? <Import of={card.import} onToggle={props.onImport} /> : null}
        {card.quota ? <Quota quota={card.quota} onBudget={props.onBudget} /> : null}
        {card.usage ? <Usage usage={card.usage} /> : null}
        <section aria-label={t("account.permissions_title")}>
          <h2>
            {t("account.permissions_title")} <small className="muted">{t("account.permissions_note")}</small>
          </h2>
          {card.permissions.length === 0 ? <p className="muted">{t("account.permissions_none")}</p> : null}
          <Permissions
            of={card.permissions}
            action={
              signIn ? (
                <button type="button" className="btn btn-small" onClick={onReconnect}>
                  {t("account.grant")}
                </button>
              ) : null
            }
          />
          {missing.length > 0 && !signIn ? <p className="muted">{t("account.grant_elsewhere")}</p> : null}
        </section>
        <section aria-label={t("account.drafts")}>
          <h2>{t("account.drafts")}</h2>
          <DraftsFrom since={card.drafts_from} onSince={onSince} />
        </section>
        <section aria-label={t("account.can.title")}>
          <h2>{t("account.can.title", { platform: t(`platform.${card.platform}`) })}</h2>
          {card.capabilities ? <Capabilities of={card.capabilities} /> : <p className="muted">{t("account.can.not_yet")}</p>}
        </section>
    </>
  );
}

function WorkingFoot({ card, signIn, checking, onCheck, onPause, onReconnect, onDisconnect }: PaneProps & { signIn: boolean }) {
  const { t } = useTranslation();
  const out = card.connection === "signed_out";
  return (
      <footer className="account-foot">
        {out && signIn ? (
          <button type="button" className="btn btn-primary" onClick={onReconnect}>
            {t("accounts.reconnect")}
          </button>
        ) : null}
        <button type="button" className="btn" disabled={checking} onClick={onCheck}>
          {checking ? <span className="spinner" /> : <Icon of={RefreshCw} size={14} />}
          {t("account.check")}
        </button>
        <button type="button" className="btn" onClick={onPause}>
          <Icon of={card.paused_by_user ? Play : Pause} size={14} />
          {t(card.paused_by_user ? "account.go_on" : "account.pause")}
        </button>
        {!out && signIn ? (
          <button type="button" className="btn btn-quiet" onClick={onReconnect}>
            {t("account.sign_in_again")}
          </button>
        ) : null}
        <span className="grow" />
        {card.simulated ? (
          <small className="muted account-stays">{t("account.simulated_stays")}</small>
        ) : (
          <button type="button" className="btn btn-quiet account-leave" onClick={onDisconnect}>
            <Icon of={Unplug} size={14} />
            {t("account.disconnect")}
          </button>
        )}
      </footer>
  );
}

function Tell({ tone, title, icon, children }: { tone: "warn" | "bad" | ""; title: string; icon?: LucideIcon; children: ReactNode }) {
  return (
    <div className={`tell ${tone ? `tell-${tone}` : ""}`} role={tone === "bad" ? "alert" : undefined}>
      <Icon of={icon ?? (tone === "bad" ? TriangleAlert : tone === "warn" ? Clock : Pause)} />
      <b>{title}</b>
      {children}
    </div>
  );
}

/** What is wrong, what it means for the comments, and what to do. */
function Standing({ card, signIn, onReconnect }: PaneProps & { signIn: boolean }) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const again = signIn ? (
    <div className="tell-do">
      <button type="button" className="btn btn-small" onClick={onReconnect}>
        {t("accounts.reconnect")}
      </button>
    </div>
  ) : null;
  // Until it is counted nothing is said of it.
  const waiting = useCounts(card.id).data?.waiting_actions ?? 0;
  return (
    <>
      {card.connection === "signed_out" ? (
        <Tell tone="bad" title={t("account.state.signed_out")}>
          <Said words={card.connection_note}>
            {t("account.out_text")} {waiting > 0 ? t("account.out_waiting", { count: waiting }) : ""}
          </Said>
        </Tell>
      ) : null}
      {card.connection === "troubled" && !card.paused_by_user ? (
        <Tell tone="warn" title={t("connection.troubled")}>
          <Said words={card.connection_note}>{t("account.troubled_text")}</Said>
        </Tell>
      ) : null}
      {card.paused_by_user ? (
        <Tell tone="" title={t("account.state.paused")}>
          <p>{t("account.paused_text")}</p>
        </Tell>
      ) : null}
      {card.connection !== "signed_out" && endsSoon(card, now) && card.token_expires_at !== null ? (
        <Tell tone="warn" title={t("account.state.ends", { when: ahead(card.token_expires_at, i18n.language, now) })}>
          <p>{t("account.ends_text", { when: shortDate(card.token_expires_at, i18n.language, now) })}</p>
          {again}
        </Tell>
      ) : null}
    </>
  );
}

function Import({ of, onToggle }: { of: ImportView; onToggle: () => void }) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const number = (value: number) => new Intl.NumberFormat(localeOf(i18n.language)).format(value);
  const running = of.state === "running";
  const percent = of.posts_total ? Math.min(100, Math.round((100 * of.posts_done) / of.posts_total)) : null;
  const words = of.posts_total === null ? t("account.import_posts", { count: of.posts_done }) : t("account.import_posts_of", { done: number(of.posts_done), total: number(of.posts_total) });
  const found = t("account.import_comments", { count: of.comments });
  const back = of.oldest_at === null ? "" : t("account.import_back", { when: monthOf(of.oldest_at, i18n.language, now) });
  return (
    <section aria-label={t("account.history")}>
      <h2>
        {t("account.history")} <small className="muted">{t(running ? "account.import_running" : "account.import_paused")}</small>
      </h2>
      <div className="import-line">
        <span
          className="meter limit-meter"
          role="progressbar"
          aria-label={t("account.history")}
          aria-valuemin={0}
          aria-valuemax={100}
          {...(percent === null ? {} : { "aria-valuenow": percent })}
          data-unknown={percent === null || undefined}
        >
          <i style={{ width: `${String(percent ?? 100)}%` }} />
        </span>
        <button type="button" className="btn btn-small" data-testid="import-toggle" onClick={onToggle}>
          <Icon of={running ? Pause : Play} size={12} />
          {t(running ? "account.import_pause" : "account.import_go_on")}
        </button>
      </div>
      <p className="muted">{[words, found, back].filter(Boolean).join(" · ")}</p>
    </section>
  );
}

function Facts({ card }: { card: AccountCard }) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const { language } = i18n;
  const counts = useCounts(card.id);
  const facts: [string, string][] = [];
  facts.push([t("account.user_name"), `@${card.username}`]);
  const ends = card.token_expires_at;
  const renewed = ends === null ? t(card.renews_itself ? "account.renews_itself" : "account.does_not_end") : t("account.renews", { when: shortDate(ends, language, now) });
  const ending = ends === null || card.renews_itself ? renewed : t("account.until", { when: shortDate(ends, language, now), left: ahead(ends, language, now) });
  if (!card.disconnected) facts.push([t("account.access"), card.connection === "signed_out" ? t("account.withdrawn") : ending]);
  facts.push([t("account.last_look"), card.last_synced_at === null ? t("connection.waiting") : ago(card.last_synced_at, language, now)]);
  facts.push([t("account.stored"), counts.data ? [t("queue.count", { count: counts.data.comments }), t("account.posts", { count: counts.data.posts })].join(", ") : t(counts.error ? "account.not_counted" : "account.counting")]);
  if (card.import.state === "done" && card.import.oldest_at !== null) facts.push([t("account.history"), t("account.import_done", { when: monthOf(card.import.oldest_at, language, now) })]);
  return (
    <section aria-label={t("account.connection")}>
      <h2>{t("account.connection")}</h2>
      <dl className="facts">
        {facts.map(([word, value]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
