import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Popover } from "radix-ui";
import {
  CircleAlert,
  CircleCheck,
  Clock,
  EyeOff,
  FileWarning,
  Flag,
  Inbox as InboxIcon,
  Layers,
  RefreshCw,
  TriangleAlert,
  Upload,
  type LucideIcon,
} from "lucide-react";
import type { AccountView, ConnectionState, Overview, QueueName } from "@/contract/contract";
import { useCommand } from "@/backend/queries";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { asSentence } from "@/shared/text";
import { Tip } from "@/shared/Tip";
import { QUEUES } from "./words";

export const QUEUE_ICONS: Record<QueueName, LucideIcon> = {
  needs_review: InboxIcon,
  outbox: Upload,
  escalated: Flag,
  snoozed: Clock,
  stuck: TriangleAlert,
  done: CircleCheck,
  hidden: EyeOff,
  all: Layers,
};

const CONNECTION_DOT: Record<ConnectionState, string> = {
  waiting: "dot-idle",
  syncing: "dot-ok",
  connected: "dot-ok",
  troubled: "dot-warn",
  signed_out: "dot-bad",
};

export const Sidebar = memo(function Sidebar({
  workspace,
  overview,
  standsStill,
  queue,
  account,
  onQueue,
  onAccount,
  onSync,
  onStop,
  onResume,
  onFailed,
}: {
  workspace: string;
  overview: Overview | undefined;
  /** Nothing goes on, whatever the switch says. */
  standsStill: boolean;
  queue: QueueName;
  account: number | null;
  onQueue: (queue: QueueName) => void;
  onAccount: (account: number | null) => void;
  onSync: () => void;
  onStop: () => void;
  onResume: () => void;
  /** Opens the next comment whose reply was refused. */
  onFailed: () => void;
}) {
  const { t, i18n } = useTranslation();
  const number = (count: number) => new Intl.NumberFormat(i18n.language).format(count);
  const off = new Set(useCommand("list_accounts", null).data?.accounts.filter((each) => each.disconnected).map((each) => each.id));
  return (
    <aside className="side">
      <div className="workspace">
        <span className="workspace-square" aria-hidden="true">
          {Array.from(workspace)[0]?.toUpperCase()}
        </span>
        <b className="clip">{workspace}</b>
      </div>
      <div className="side-scroll">
        <nav aria-label={t("queue.label")}>
          {QUEUES.map((name) => {
            const count = overview?.counts[name];
            const urgent = name === "stuck" && (count ?? 0) > 0;
            return (
              <button
                key={name}
                type="button"
                className="nav"
                data-testid={`queue-${name}`}
                data-urgent={urgent || undefined}
                aria-current={name === queue ? "page" : undefined}
                onClick={() => {
                  onQueue(name);
                }}
              >
                <Icon of={QUEUE_ICONS[name]} />
                <span className="nav-word clip">{t(`queue.${name}`)}</span>
                {count === undefined ? null : (
                  <>
                    <span className="nav-count" data-testid={`queue-count-${name}`} data-count={count} aria-hidden="true">
                      {number(count)}
                    </span>
                    <span className="unseen">{t("queue.count", { count })}</span>
                  </>
                )}
              </button>
            );
          })}
        </nav>
        {overview ? <Attention overview={overview} onFailed={onFailed} /> : null}
        <div className="side-section">
          <h2>{t("accounts.label")}</h2>
          <Tip text={t("accounts.sync_now")}>
            <button type="button" className="btn-icon btn-icon-small" aria-label={t("accounts.sync_now")} onClick={onSync}>
              <Icon of={RefreshCw} size={12} />
            </button>
          </Tip>
        </div>
        <ul>
          {overview?.accounts.map((each) => (
            <li key={each.id}>
              <Account
                account={each}
                disconnected={off.has(each.id)}
                chosen={account === each.id}
                onChoose={() => {
                  onAccount(account === each.id ? null : each.id);
                }}
              />
            </li>
          ))}
        </ul>
      </div>
      {overview ? <Sending overview={overview} standsStill={standsStill} onStop={onStop} onResume={onResume} /> : null}
    </aside>
  );
});

/** What went wrong and is in no queue of its own. */
function Attention({ overview: { failed, counts }, onFailed }: { overview: Overview; onFailed: () => void }) {
  const { t, i18n } = useTranslation();
  const number = (count: number) => new Intl.NumberFormat(i18n.language).format(count);
  return (
    <>
      {failed > 0 ? (
        <Tip text={t("attention.failed_show")}>
          <button type="button" className="nav" data-urgent="bad" data-testid="failed-actions" aria-label={`${t("attention.failed")}: ${number(failed)}. ${t("attention.failed_show")}`} onClick={onFailed}>
            <Icon of={CircleAlert} />
            <span className="nav-word clip">{t("attention.failed")}</span>
            <span className="nav-count">{number(failed)}</span>
          </button>
        </Tip>
      ) : null}
      {counts.quarantined > 0 ? (
        <Popover.Root>
          <Popover.Trigger asChild>
            <button type="button" className="nav" data-urgent="warn" data-testid="quarantined" aria-label={`${t("attention.quarantined")}: ${number(counts.quarantined)}`}>
              <Icon of={FileWarning} />
              <span className="nav-word clip">{t("attention.quarantined")}</span>
              <span className="nav-count">{number(counts.quarantined)}</span>
            </button>
          </Popover.Trigger>
          <Popover.Portal>
            <Popover.Content className="popover attention-popover" side="right" align="start" sideOffset={8} collisionPadding={12} aria-label={t("attention.quarantined")}>
              <header>
                <b>{t("attention.quarantined_title", { count: counts.quarantined })}</b>
              </header>
              <p>{t("attention.quarantined_text")}</p>
              <p>
                {t("attention.quarantined_see")} <span className="mono">moderatoctl doctor</span>
              </p>
            </Popover.Content>
          </Popover.Portal>
        </Popover.Root>
      ) : null}
    </>
  );
}

function Account({ account, disconnected, chosen, onChoose }: { account: AccountView; disconnected: boolean; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation();
  const troubled = account.connection === "troubled" || account.connection === "signed_out";
  const busy = !disconnected && (account.connection === "syncing" || account.connection === "waiting");
  const state = t(disconnected ? "account.state.disconnected" : `connection.${account.connection}`);
  const short = troubled || busy || disconnected ? state : null;
  // The engine's note is English and often long: it is in the tooltip, and the words of the state are in the row.
  const note = troubled ? account.connection_note : null;
  return (
    <Tip text={[account.simulated ? t("accounts.simulated") : "", state, note ? asSentence(note) : ""].filter(Boolean).join(" · ")}>
      <button
        type="button"
        className="nav account"
        data-testid={`connection-${String(account.id)}`}
        data-connection={account.connection}
        data-noted={short ? "" : undefined}
        aria-pressed={chosen}
        aria-label={`${chosen ? t("accounts.everything") : t("accounts.only", { name: account.username })}. ${disconnected ? "" : `${t(`mode.${account.mode}`)}. `}${state}`}
        onClick={onChoose}
      >
        <PlatformIcon platform={account.platform} />
        <bdi className="clip">{account.username}</bdi>
        {disconnected ? null : (
          <span className="mode" data-mode={account.mode}>
            {t(`mode.${account.mode}`)}
          </span>
        )}
        {account.connection === "syncing" ? <span className="spinner spinner-dot" /> : <span className={`dot ${CONNECTION_DOT[account.connection]}`} />}
        {short ? (
          <small className="clip" data-tone={account.connection === "signed_out" ? "bad" : troubled ? "warn" : undefined}>
            {short}
          </small>
        ) : null}
      </button>
    </Tip>
  );
}

function Sending({ overview, standsStill, onStop, onResume }: { overview: Overview; standsStill: boolean; onStop: () => void; onResume: () => void }) {
  const { t } = useTranslation();
  const { sending, held, in_flight, unknown } = overview;
  const state = t(!sending ? "sending.off" : standsStill ? "sending.still" : "sending.on");
  const checked = unknown > 0 ? t("sending.unknown", { count: unknown }) : "";
  const flying = in_flight > 0 ? t("sending.in_flight_truth", { count: in_flight }) : "";
  return (
    <div className="sending" data-stopped={!sending || standsStill || undefined} role="group" aria-label={state}>
      <span className={`dot ${sending && !standsStill ? "dot-ok" : "dot-bad"}`} />
      <span className="grow">
        <b>{state}</b>
        <small>
          {sending
            ? t("sending.held_flight", { held, flight: in_flight })
            : [t("sending.held_waits", { count: held }), flying].filter(Boolean).join(", ")}
        </small>
        {checked ? <small>{checked}</small> : null}
      </span>
      <button
        type="button"
        className="btn btn-small"
        data-testid="sending-toggle"
        data-sending={sending}
        onClick={sending ? onStop : onResume}
      >
        {t(sending ? "sending.stop" : "sending.resume")}
      </button>
    </div>
  );
}
