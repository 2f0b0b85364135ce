import { useQueryClient } from "@tanstack/react-query";
import { Check, CircleHelp, Plus, TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AccountCard, AccountsView, CommandError, Mode, PermissionView } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { failureOf } from "@/backend/failure";
import { useCommand } from "@/backend/queries";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { Segments } from "@/shared/Segments";
import { ago, localeOf, shortDate } from "@/shared/time";
import { useMinute } from "@/shared/useNow";
import { Disconnect } from "./Disconnect";
import "./accounts.css";

const MODES: Mode[] = ["off", "simulate", "draft", "auto"];

export function Accounts({ onConnect }: { onConnect: () => void }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const client = useQueryClient();
  const accounts = useCommand("list_accounts", null);
  const [failed, setFailed] = useState<CommandError | null>(null);
  const [leaving, setLeaving] = useState<AccountCard | null>(null);
  const cards = accounts.data?.accounts;
  const act = async (change: () => Promise<AccountCard>) => {
    setFailed(null);
    try {
      const card = await change();
      client.setQueryData<AccountsView>(["list_accounts"], (view) => view && { ...view, accounts: view.accounts.map((each) => (each.id === card.id ? card : each)) });
    } catch (thrown) {
      setFailed(toCommandError(thrown));
    }
  };
  const error = failed ?? accounts.error;
  return (
    <main className="screen accounts" data-testid="accounts">
      <div className="bar">
        <h1 tabIndex={-1} data-focus-home>
          {t("account.title")}
        </h1>
        <span className="grow" />
        <button type="button" className="btn btn-small" data-testid="accounts-connect" onClick={onConnect}>
          <Icon of={Plus} size={14} />
          {t("account.connect")}
        </button>
      </div>
      <div className="screen-body">
        {error ? (
          <div className={`tell tell-${failureOf(error).severity}`} role="alert">
            <Icon of={TriangleAlert} />
            <b>{t(failureOf(error).title)}</b>
            <Said words={error.message}>{t(failureOf(error).advice)}</Said>
            <div className="tell-do">
              <button
                type="button"
                className="btn btn-small"
                onClick={() => {
                  setFailed(null);
                  void accounts.refetch();
                }}
              >
                {t("common.retry")}
              </button>
            </div>
          </div>
        ) : null}
        {!cards && !error ? <p className="late muted">{t("account.loading")}</p> : null}
        {cards?.length === 0 ? <p className="support">{t("account.none")}</p> : null}
        {cards?.map((card) => (
          <Card
            key={card.id}
            card={card}
            onMode={(mode) => void act(() => backend.call("set_account_mode", { account_id: card.id, mode }))}
            onPause={() => void act(() => backend.call("pause_account", { account_id: card.id, paused: !card.paused_by_user }))}
            onReconnect={onConnect}
            onDisconnect={() => {
              setLeaving(card);
            }}
          />
        ))}
        <p className="muted accounts-under">{t("account.keys")}</p>
      </div>
      {leaving ? (
        <Disconnect
          card={leaving}
          onClose={() => {
            setLeaving(null);
          }}
          onDone={(view) => {
            client.setQueryData<AccountsView>(["list_accounts"], view);
            setLeaving(null);
          }}
        />
      ) : null}
    </main>
  );
}

interface CardProps {
  card: AccountCard;
  onMode: (mode: Mode) => void;
  onPause: () => void;
  onReconnect: () => void;
  onDisconnect: () => void;
}

function Card({ card, onMode, onPause, onReconnect, onDisconnect }: CardProps) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const troubled = card.connection === "signed_out" || card.connection === "troubled";
  return (
    <section className="account-card" aria-label={card.username} data-testid={`account-${String(card.id)}`}>
      <header>
        <PlatformIcon platform={card.platform} size={20} />
        <div className="grow">
          <h2>
            <bdi>{card.name}</bdi>
            {card.simulated ? <small className="muted">{t("accounts.simulated")}</small> : null}
          </h2>
          <div className={card.connection === "signed_out" ? "over" : "muted"}>
            {card.paused_by_user ? t("account.paused") : t(`connection.${card.connection}`)}
            {card.last_synced_at === null ? null : ` · ${t("account.looked", { when: ago(card.last_synced_at, i18n.language, now) })}`}
            {troubled ? <Said words={card.connection_note} /> : null}
          </div>
        </div>
        {card.connection === "signed_out" ? (
          <button type="button" className="btn btn-primary btn-small" onClick={onReconnect}>
            {t("accounts.reconnect")}
          </button>
        ) : null}
        <button type="button" className="btn btn-small" aria-pressed={card.paused_by_user} onClick={onPause}>
          {t(card.paused_by_user ? "account.go_on" : "account.pause")}
        </button>
        <button type="button" className="btn btn-quiet btn-small" onClick={onDisconnect}>
          {t("account.disconnect")}
        </button>
      </header>
      <div className="account-mode">
        <Segments label={t("account.mode_of", { name: card.username })} value={card.mode} options={MODES.map((value) => ({ value, text: t(`mode.${value}`) }))} onChange={onMode} />
        <small className="muted">{t(`account.mode.${card.mode}`)}</small>
      </div>
      <Facts card={card} />
      <ul className="permissions" aria-label={t("account.permissions")}>
        {card.permissions.map((each) => (
          <Permission key={each.name} of={each} />
        ))}
      </ul>
    </section>
  );
}

function Facts({ card }: { card: AccountCard }) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const number = (value: number) => new Intl.NumberFormat(localeOf(i18n.language)).format(value);
  const facts: [string, string][] = [];
  if (card.token_expires_at !== null) {
    const when = shortDate(card.token_expires_at, i18n.language, now);
    facts.push([t("account.access"), card.renews_itself ? t("account.renews", { when }) : t("account.until", { when })]);
  }
  if (card.usage) facts.push([t("account.usage"), t("account.percent", { value: number(card.usage.percent) })]);
  if (card.quota) facts.push([t("account.units"), t("account.units_left", { left: number(card.quota.units_left), all: number(card.quota.daily_units), count: card.quota.replies_possible })]);
  facts.push([t("account.stored"), t("queue.count", { count: card.counts.comments })]);
  if (card.import.state !== "none") facts.push([t("account.history"), t(`account.import.${card.import.state}`, { done: number(card.import.posts_done) })]);
  return (
    <dl className="facts">
      {facts.map(([word, value]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Permission({ of }: { of: PermissionView }) {
  const { t } = useTranslation();
  const need = t(`account.need.${of.needed_for}`, { defaultValue: of.needed_for });
  return (
    <li data-granted={of.granted}>
      <Icon of={of.granted === "yes" ? Check : of.granted === "no" ? X : CircleHelp} size={14} />
      <span className="grow">
        {need} <span className="mono">{of.name}</span>
      </span>
      <small className="muted">{t(`account.granted.${of.granted}`)}</small>
    </li>
  );
}
