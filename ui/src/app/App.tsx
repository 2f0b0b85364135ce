import { QueryClient, QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { Activity, BookOpen, Contrast, Globe, Inbox as InboxIcon, Keyboard, Languages, Moon, Plug, Rows3, Rows4, Settings as SettingsIcon, Sun, UserRound, type LucideIcon } from "lucide-react";
import { Dialog, Tooltip } from "radix-ui";
import { useCallback, useEffect, useState } from "react";
import { I18nextProvider, useTranslation } from "react-i18next";
import type { AppState, CommandError, Overview, PlatformName, Settings } from "@/contract/contract";
import type { Backend } from "@/backend/backend";
import { BackendProvider, useBackend, useBeforeClose } from "@/backend/context";
import { failureOf } from "@/backend/failure";
import { useCommand, useProgress } from "@/backend/queries";
import { Accounts } from "@/features/accounts/Accounts";
import { Connect } from "@/features/accounts/connect/Connect";
import { useConnecting, type Connecting, type ConnectAsk } from "@/features/accounts/connect/useConnecting";
import { isConnectable } from "@/features/accounts/standing";
import { Health } from "@/features/health/Health";
import { TraceDialog } from "@/features/health/Trace";
import { Inbox } from "@/features/inbox/Inbox";
import type { PaletteCommand } from "@/features/inbox/Palette";
import { Knowledge } from "@/features/knowledge/Knowledge";
import { SettingsPopover } from "@/features/settings/SettingsPopover";
import { FirstStart } from "@/features/start/FirstStart";
import { SecretsChoice } from "@/features/start/SecretsChoice";
import { SecretsPage } from "@/features/start/SecretsPage";
import { CouldNotOpen, Opening } from "@/features/start/Waiting";
import { i18n } from "@/shared/i18n";
import { Icon, Mark } from "@/shared/Icon";
import { Segments } from "@/shared/Segments";
import { asSentence } from "@/shared/text";
import { Tip } from "@/shared/Tip";
import { useReturnFocus } from "@/shared/useReturnFocus";
import { Banners } from "./Banners";
import { followEvents } from "./events";
import { OtherScreen } from "./OtherScreen";
import { useAppearance } from "./useAppearance";

type Screen = "inbox" | "knowledge" | "accounts" | "health";

const OPENING_LOOK_MS = 1_000;

export function newQueryClient(): QueryClient {
  // Everything on the screen is told of changes by events, so nothing is read again by time or focus.
  return new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false, networkMode: "always" }, mutations: { networkMode: "always" } } });
}

export function App({ backend, client }: { backend: Backend; client: QueryClient }) {
  return (
    <I18nextProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <BackendProvider backend={backend}>
          <Tooltip.Provider delayDuration={500} skipDelayDuration={200}>
            <Window />
          </Tooltip.Provider>
        </BackendProvider>
      </QueryClientProvider>
    </I18nextProvider>
  );
}

function Window() {
  const { t } = useTranslation();
  const backend = useBackend();
  const client = useQueryClient();
  const beforeClose = useBeforeClose();
  useEffect(() => followEvents(backend, client, beforeClose), [backend, client, beforeClose]);
  const app = useCommand("open_app", null, {
    // The event that ends the opening may come before anyone listens.
    refetchInterval: ({ state }) => (state.data?.phase.phase === "opening" ? OPENING_LOOK_MS : false),
  });
  const progress = useProgress();
  const state = app.data;
  useAppearance(state?.settings.appearance);
  const [choosing, setChoosing] = useState(false);
  const connecting = useConnecting();

  const onState = useCallback(
    (next: AppState) => {
      client.setQueryData<AppState>(["open_app"], (current) =>
        // An answer that took long must not overwrite the newer state an event brought.
        current?.phase.phase === "ready" && next.phase.phase === "opening" ? current : next,
      );
      setChoosing(false);
    },
    [client],
  );
  const onKept = useCallback(
    (settings: Settings) => {
      client.setQueryData<AppState>(["open_app"], (current) => current && { ...current, settings });
    },
    [client],
  );
  const onSettings = useCallback(
    async (settings: Settings) => {
      const before = client.getQueryData<AppState>(["open_app"])?.settings;
      onKept(settings);
      try {
        const kept = await backend.call("update_settings", settings);
        onKept(kept);
        return kept;
      } catch (thrown) {
        if (before) onKept(before);
        throw thrown;
      }
    },
    [backend, client, onKept],
  );

  const reopen = async () => {
    onState(await backend.call("reopen_workspace", null));
  };
  // Another workspace is chosen on the page of the one that failed; whatever happens next has a page of its own.
  const [elsewhere, setElsewhere] = useState(false);
  if (elsewhere && state?.phase.phase !== "failed") setElsewhere(false);

  if (app.error) return <Broken error={app.error} onRetry={() => app.refetch()} />;
  if (!state) return <Opening step={null} progress={null} />;

  const foot = <Look state={state} onSettings={(settings) => void onSettings(settings).catch(() => undefined)} />;
  const choice = (onBack?: () => void) =>
    state.secrets === "unavailable" || choosing ? (
      <SecretsPage state={state} foot={foot} onState={onState} />
    ) : connecting.flow ? (
      <div className="start">
        <Connect
          connecting={connecting}
          secrets={state.secrets}
          back={t("common.back")}
          onSecrets={() => {
            setChoosing(true);
          }}
          onClose={connecting.leave}
        />
        <footer>{foot}</footer>
      </div>
    ) : (
      <FirstStart
        state={state}
        foot={foot}
        onState={onState}
        onBack={onBack}
        onConnect={() => {
          connecting.begin({ platform: null });
        }}
        onSecrets={() => {
          setChoosing(true);
        }}
      />
    );
  const page = () => {
    switch (state.phase.phase) {
      case "first_start":
        return choice();
      case "opening":
        return <Opening step={state.phase.step} progress={progress} />;
      case "failed":
        return elsewhere ? (
          choice(() => {
            setElsewhere(false);
          })
        ) : (
          <CouldNotOpen
            title={t("start.failed_what")}
            advice={t("start.failed_advice")}
            said={`${asSentence(state.phase.message)} ${asSentence(state.phase.advice)}`}
            foot={foot}
            onRetry={reopen}
            onElsewhere={() => {
              setElsewhere(true);
            }}
          />
        );
      case "ready":
        return <Ready workspace={state.phase.workspace} state={state} connecting={connecting} onState={onState} onSettings={onSettings} onKept={onKept} />;
    }
  };
  return (
    <div className="window">
      <Banners state={state} />
      {page()}
    </div>
  );
}

function Broken({ error, onRetry }: { error: CommandError; onRetry: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const failure = failureOf(error);
  return (
    <CouldNotOpen
      title={t(failure.title)}
      advice={t(failure.advice)}
      said={error.message}
      onRetry={async () => {
        await onRetry();
      }}
    />
  );
}

/** Theme and language before there is a settings button. */
function Look({ state, onSettings }: { state: AppState; onSettings: (settings: Settings) => void }) {
  const { t } = useTranslation();
  const { settings } = state;
  const { appearance } = settings;
  return (
    <>
      <span className="muted">{t("settings.version", { version: state.version })}</span>
      <span className="grow" />
      <Segments
        label={t("settings.language")}
        sign={<Icon of={Globe} size={14} />}
        value={appearance.language}
        options={[
          { value: "system", text: t("settings.language_system") },
          { value: "en", text: "English" },
          { value: "ru", text: "Русский" },
        ]}
        onChange={(language) => {
          onSettings({ ...settings, appearance: { ...appearance, language } });
        }}
      />
      <Segments
        label={t("settings.theme")}
        sign={<Icon of={Contrast} size={14} />}
        value={appearance.theme}
        options={(["system", "light", "dark"] as const).map((value) => ({ value, text: t(`settings.theme_${value}`) }))}
        onChange={(theme) => {
          onSettings({ ...settings, appearance: { ...appearance, theme } });
        }}
      />
    </>
  );
}

function Ready({
  workspace,
  state,
  connecting,
  onState,
  onSettings,
  onKept,
}: {
  workspace: string;
  state: AppState;
  connecting: Connecting;
  onState: (state: AppState) => void;
  onSettings: (settings: Settings) => Promise<Settings>;
  onKept: (settings: Settings) => void;
}) {
  const { t } = useTranslation();
  // What came of connecting the first account is told in the workspace that was opened for it.
  const [screen, setScreen] = useState<Screen>(connecting.flow ? "accounts" : "inbox");
  const [settingsOpen, setSettingsOpen] = useState(false);
  const [sheetOpen, setSheetOpen] = useState(false);
  const client = useQueryClient();
  const [tracing, setTracing] = useState<number | null>(null);
  const [secretsOpen, setSecretsOpen] = useState(state.secrets === "unavailable");
  const afterSecrets = useReturnFocus(secretsOpen);
  const { settings } = state;
  const look = (appearance: Partial<Settings["appearance"]>) => () => {
    // The settings popover shows a refusal; from the palette the look simply stays as it was.
    onSettings({ ...settings, appearance: { ...settings.appearance, ...appearance } }).catch(() => undefined);
  };
  const group = t("palette.look");
  const go = (next: Screen) => {
    // A sign-in that was left is not come back to.
    connecting.leave();
    if (next === screen) document.querySelector<HTMLElement>("[data-focus-home]")?.focus();
    else setScreen(next);
  };
  const connect = (ask: ConnectAsk) => {
    connecting.begin(ask);
    setScreen("accounts");
  };
  const reconnect = (id: number) => {
    const account = client.getQueryData<Overview>(["get_overview"])?.accounts.find((each) => each.id === id);
    const platform = account?.platform as PlatformName | undefined;
    if (account && platform && isConnectable(platform)) connect({ platform, again: account.username });
    else go("accounts");
  };
  const to = (next: Screen) => () => {
    go(next);
  };
  const goTo = { i: to("inbox"), k: to("knowledge"), s: to("accounts"), h: to("health") };
  const commands: PaletteCommand[] = [
      { group, words: t("settings.theme_light"), icon: Sun, run: look({ theme: "light" }) },
      { group, words: t("settings.theme_dark"), icon: Moon, run: look({ theme: "dark" }) },
      { group, words: "English", icon: Languages, run: look({ language: "en" }) },
      { group, words: "Русский", icon: Languages, run: look({ language: "ru" }) },
      { group, words: t("settings.density_comfortable"), icon: Rows3, run: look({ density: "comfortable" }) },
      { group, words: t("settings.density_compact"), icon: Rows4, run: look({ density: "compact" }) },
      {
        group: t("palette.app"),
        words: t("settings.connect_go"),
        icon: Plug,
        run: () => {
          connect({ platform: null });
        },
      },
      {
        group: t("palette.app"),
        words: t("app.settings"),
        icon: SettingsIcon,
        run: () => {
          setSettingsOpen(true);
        },
      },
      {
        group: t("palette.app"),
        words: t("sheet.title"),
        icon: Keyboard,
        keys: ["?"],
        run: () => {
          setSheetOpen(true);
        },
      },
    { group: t("palette.app"), words: t("app.inbox"), icon: InboxIcon, keys: ["g", "i"], run: goTo.i },
    { group: t("palette.app"), words: t("app.knowledge"), icon: BookOpen, keys: ["g", "k"], run: goTo.k },
    { group: t("palette.app"), words: t("app.accounts"), icon: UserRound, keys: ["g", "s"], run: goTo.s },
    { group: t("palette.app"), words: t("app.health"), icon: Activity, keys: ["g", "h"], run: goTo.h },
  ];
  return (
    <div className="app">
      <nav className="rail" aria-label={t("app.screens")}>
        <span className="rail-mark">
          <Mark />
        </span>
        <RailItem screen="inbox" icon={InboxIcon} keys="g i" here={screen} onGo={go} />
        <RailItem screen="knowledge" icon={BookOpen} keys="g k" here={screen} onGo={go} />
        <span className="grow" />
        <RailItem screen="health" icon={Activity} keys="g h" here={screen} onGo={go} />
        <RailItem screen="accounts" icon={UserRound} keys="g s" here={screen} onGo={go} />
        <SettingsPopover
          open={settingsOpen}
          state={state}
          onOpenChange={setSettingsOpen}
          onSettings={onSettings}
          onKept={onKept}
          onSheet={() => {
            setSettingsOpen(false);
            setSheetOpen(true);
          }}
          onSecrets={() => {
            setSettingsOpen(false);
            setSecretsOpen(true);
          }}
          onConnect={() => {
            setSettingsOpen(false);
            connect({ platform: null });
          }}
        />
      </nav>
      {screen === "inbox" ? (
        <Inbox
          workspace={workspace}
          settings={settings}
          standsStill={state.trouble !== null}
          onReconnect={reconnect}
          onTrace={setTracing}
          sheetOpen={sheetOpen}
          onSheet={setSheetOpen}
          goTo={goTo}
          commands={commands}
        />
      ) : (
        <OtherScreen key={screen} letters={settings.appearance.shortcuts} goTo={goTo} commands={commands} sheetOpen={sheetOpen} onSheet={setSheetOpen}>
          {screen === "health" ? (
            <Health />
          ) : screen === "knowledge" ? (
            <Knowledge />
          ) : (
            <Accounts
              secrets={state.secrets}
              connecting={connecting}
              onSecrets={() => {
                setSecretsOpen(true);
              }}
            />
          )}
        </OtherScreen>
      )}
      <TraceDialog
        comment={tracing}
        onClose={() => {
          setTracing(null);
        }}
      />
      <Dialog.Root open={secretsOpen && state.secrets === "unavailable"} onOpenChange={setSecretsOpen}>
        <Dialog.Portal>
          <Dialog.Overlay className="scrim" />
          <Dialog.Content className="dialog" aria-describedby={undefined} onCloseAutoFocus={afterSecrets}>
            <header>
              <Dialog.Title asChild>
                <h2>{t("secrets.title")}</h2>
              </Dialog.Title>
            </header>
            <div className="dialog-body">
              <SecretsChoice note={state.secrets_note} onState={onState} />
            </div>
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    </div>
  );
}

function RailItem({ screen, icon, keys, here, onGo }: { screen: Screen; icon: LucideIcon; keys: string; here: Screen; onGo: (screen: Screen) => void }) {
  const { t } = useTranslation();
  return (
    <Tip text={t(`app.${screen}`)} keys={keys}>
      <button
        type="button"
        className="rail-item"
        data-testid={`go-${screen}`}
        aria-current={screen === here ? "page" : undefined}
        aria-label={t(`app.${screen}`)}
        onClick={() => {
          onGo(screen);
        }}
      >
        <Icon of={icon} size={18} />
      </button>
    </Tip>
  );
}
