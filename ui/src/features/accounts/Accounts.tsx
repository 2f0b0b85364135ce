import { useQueryClient } from "@tanstack/react-query";
import { Plug, Plus } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { AccountCard, AccountsView, CommandError, SecretBackend } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { useCommand } from "@/backend/queries";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { ago, ahead, hourAndMinute, localeOf } from "@/shared/time";
import { useMinute } from "@/shared/useNow";
import { AccountPane } from "./AccountPane";
import { Connect } from "./connect/Connect";
import type { Connecting, ConnectAsk } from "./connect/useConnecting";
import { Disconnect } from "./Disconnect";
import { Failed } from "@/backend/Failed";
import { limitTone, Meter, quotaPercent } from "./Limits";
import { isConnectable, needsPerson, standingOf } from "./standing";
import "./accounts.css";

export interface AccountsProps {
  secrets: SecretBackend;
  /** While an account is being connected, that is shown. */
  connecting: Connecting;
  /** Where keys are kept has to be chosen first. */
  onSecrets: () => void;
}

export function Accounts({ secrets, connecting, onSecrets }: AccountsProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<number | null>(null);
  if (!connecting.flow) return <Overview chosen={chosen} onChoose={setChosen} onConnect={connecting.begin} />;
  return (
    <Connect
      connecting={connecting}
      secrets={secrets}
      back={t("connect.leave")}
      onSecrets={onSecrets}
      onClose={(account) => {
        if (account !== null) setChosen(account);
        connecting.leave();
        void client.invalidateQueries({ queryKey: ["list_accounts"] });
      }}
    />
  );
}

interface OverviewProps {
  chosen: number | null;
  onChoose: (id: number) => void;
  onConnect: (ask: ConnectAsk) => void;
}

function Overview({ chosen, onChoose, onConnect }: OverviewProps) {
  const { t } = useTranslation();
  const backend = useBackend();
  const client = useQueryClient();
  const now = useMinute();
  const accounts = useCommand("list_accounts", null);
  const [failed, setFailed] = useState<{ account: number; error: CommandError } | null>(null);
  const [told, setTold] = useState<{ account: number; words: string } | null>(null);
  const [checking, setChecking] = useState<number | null>(null);
  const [leaving, setLeaving] = useState<AccountCard | null>(null);
  const cards = accounts.data?.accounts;
  const card = cards?.find((each) => each.id === chosen) ?? cards?.[0];

  const keep = (next: AccountCard) => {
    client.setQueryData<AccountsView>(["list_accounts"], (view) => view && { ...view, accounts: view.accounts.map((each) => (each.id === next.id ? next : each)) });
  };
  const act = async (id: number, change: () => Promise<AccountCard | AccountsView>): Promise<boolean> => {
    setFailed(null);
    setTold(null);
    try {
      const answer = await change();
      if ("accounts" in answer) client.setQueryData<AccountsView>(["list_accounts"], answer);
      else keep(answer);
      return true;
    } catch (thrown) {
      setFailed({ account: id, error: toCommandError(thrown) });
      return false;
    }
  };
  const check = async (id: number) => {
    setChecking(id);
    const went = await act(id, () => backend.call("check_account", { account_id: id }));
    setChecking(null);
    // A check that met a closed door went well as such; the card says what it met.
    const met = client.getQueryData<AccountsView>(["list_accounts"])?.accounts.find((each) => each.id === id)?.connection;
    if (went) setTold({ account: id, words: t(met === "troubled" || met === "signed_out" ? "account.checked_shut" : "account.checked") });
  };
  const title = useRef<HTMLHeadingElement>(null);
  // After a sign-in the button that had the focus is gone.
  useEffect(() => {
    if (document.activeElement === document.body) title.current?.focus();
  }, []);
  const need = cards?.filter((each) => needsPerson(each, now)).length ?? 0;
  const ask = () => {
    onConnect({ platform: null });
  };
  return (
    <main className="screen accounts" data-testid="accounts">
      <div className="accounts-list">
        <div className="bar">
          <h1 ref={title} tabIndex={-1} data-focus-home>
            {t("account.title")}
          </h1>
          {cards ? <span className="muted">{cards.length}</span> : null}
          <span className="grow" />
          {need > 0 ? <span className="muted nowrap">{t("account.need_you", { count: need })}</span> : null}
          <button type="button" className="btn btn-small" data-testid="accounts-connect" onClick={ask}>
            <Icon of={Plus} size={14} />
            {t("account.connect")}
          </button>
        </div>
        <div className="accounts-rows">
          {accounts.error ? (
            <Failed error={accounts.error}>
              <button type="button" className="btn btn-small" onClick={() => void accounts.refetch()}>
                {t("common.retry")}
              </button>
            </Failed>
          ) : null}
          {!cards && !accounts.error ? (
            <p className="late muted accounts-under" role="status">
              {t("account.loading")}
            </p>
          ) : null}
          {cards?.length === 0 ? <None onConnect={ask} /> : null}
          {cards && cards.length > 0 ? <Rows cards={cards} chosen={card?.id ?? null} onChoose={onChoose} /> : null}
          {cards ? <p className="muted accounts-under">{t("account.keys")}</p> : null}
        </div>
      </div>
      {card ? (
        <AccountPane
          key={card.id}
          card={card}
          failed={failed?.account === card.id ? failed.error : null}
          told={told?.account === card.id ? told.words : ""}
          checking={checking === card.id}
          onMode={(mode) => void act(card.id, () => backend.call("set_account_mode", { account_id: card.id, mode }))}
          onPause={() => void act(card.id, () => backend.call("pause_account", { account_id: card.id, paused: !card.paused_by_user }))}
          onImport={() => void act(card.id, () => backend.call(card.import.state === "running" ? "pause_import" : "resume_import", { account_id: card.id }))}
          onSince={(since) => void act(card.id, () => backend.call("set_drafts_from", { account_id: card.id, since }))}
          onBudget={(daily_units, reserve_units) => act(card.id, () => backend.call("set_quota_budget", { account_id: card.id, daily_units, reserve_units }))}
          onCheck={() => void check(card.id)}
          onReconnect={() => {
            if (isConnectable(card.platform)) onConnect({ platform: card.platform, again: card.name });
          }}
          onDisconnect={() => {
            setLeaving(card);
          }}
        />
      ) : null}
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

function None({ onConnect }: { onConnect: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="accounts-none">
      <Icon of={Plug} size={20} />
      <h2>{t("account.none")}</h2>
      <p className="muted">{t("account.none_text")}</p>
      <button type="button" className="btn btn-primary" onClick={onConnect}>
        {t("account.connect")}
      </button>
    </div>
  );
}

function Rows({ cards, chosen, onChoose }: { cards: AccountCard[]; chosen: number | null; onChoose: (id: number) => void }) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  const step = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = by === 0 ? undefined : cards[cards.findIndex((each) => each.id === chosen) + by];
    if (!next) return;
    event.preventDefault();
    onChoose(next.id);
    list.current?.querySelector<HTMLElement>(`[data-account="${String(next.id)}"]`)?.focus();
  };
  return (
    <ul ref={list} aria-label={t("account.title")} onKeyDown={step}>
      {cards.map((each) => (
        <li key={each.id}>
          <Row
            card={each}
            chosen={each.id === chosen}
            onChoose={() => {
              onChoose(each.id);
            }}
          />
        </li>
      ))}
    </ul>
  );
}

function Row({ card, chosen, onChoose }: { card: AccountCard; chosen: boolean; onChoose: () => void }) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const standing = standingOf(card, t, i18n.language, now);
  return (
    <button type="button" className="account-row" data-testid={`account-row-${String(card.id)}`} data-account={card.id} aria-current={chosen ? "true" : undefined} onClick={onChoose}>
      <PlatformIcon platform={card.platform} size={20} />
      <span className="account-row-main">
        <span className="account-row-name">
          <b className="clip">
            <bdi>{card.name}</bdi>
          </b>
          {card.disconnected ? null : (
            <span className="mode" data-mode={card.mode}>
              {t(`mode.${card.mode}`)}
            </span>
          )}
        </span>
        <span className="stands" data-tone={standing.tone}>
          <Icon of={standing.icon} size={12} />
          <span className="clip">{standing.words}</span>
        </span>
      </span>
      <Limit card={card} />
      <small className="account-row-when muted">{card.last_synced_at === null ? "" : ago(card.last_synced_at, i18n.language, now)}</small>
    </button>
  );
}

/** In one look: how much of today, or of what the platform allows now, is used. */
function Limit({ card: { quota, usage, import: history } }: { card: AccountCard }) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const number = (value: number) => new Intl.NumberFormat(localeOf(i18n.language)).format(value);
  const line = quota
    ? {
        percent: quotaPercent(quota),
        words: t("account.units_short", { used: number(quota.daily_units - quota.units_left), all: number(quota.daily_units) }),
        under: t("account.resets_short", { at: hourAndMinute(quota.resets_at, i18n.language) }),
      }
    : history.state === "running" && history.posts_total
      ? { percent: Math.round((100 * history.posts_done) / history.posts_total), words: t("account.import_short", { done: number(history.posts_done), total: number(history.posts_total) }), under: "", plain: true }
      : usage
        ? { percent: usage.percent, words: t("account.usage_short", { percent: usage.percent }), under: usage.calls_again_at === null ? "" : t("account.calls_again_short", { when: ahead(usage.calls_again_at, i18n.language, now) }) }
        : null;
  if (!line) return <span />;
  return (
    <span className="account-row-limit" data-tone={"plain" in line ? undefined : limitTone(line.percent)}>
      <small className="clip">{line.words}</small>
      {"plain" in line ? (
        <span className="meter limit-meter" aria-hidden="true">
          <i style={{ width: `${String(line.percent)}%` }} />
        </span>
      ) : (
        <Meter percent={line.percent} label={line.words} />
      )}
      {line.under ? <small className="muted clip">{line.under}</small> : null}
    </span>
  );
}
