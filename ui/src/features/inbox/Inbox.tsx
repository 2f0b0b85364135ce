import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionView, CampaignView, CommandError, CommentDetail, CommentRow, Label, QueueName, Settings, Settlement, SortOrder } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { keys, useCommand } from "@/backend/queries";
import { useSettled } from "@/shared/useSettled";
import { useStable } from "@/shared/useStable";
import { allowed, type CardAct, type CardActs } from "./allowed";
import { Detail, isWriting, type DetailProps } from "./Detail";
import { LiveRegion, useIsNewest } from "./Dock";
import { useDraft } from "./DraftCard";
import { findFailed } from "./findFailed";
import { fixAll } from "./fixFindings";
import { List } from "./List";
import { Notices, NoticesContext } from "./notices";
import { inboxCommands } from "./inboxCommands";
import { inboxKeys } from "./inboxKeys";
import { Palette, type PaletteCommand } from "./Palette";
import { PickedBar, PickedPane } from "./PickedPane";
import { ResumeDialog } from "./ResumeDialog";
import { ShortcutSheet } from "./ShortcutSheet";
import { Sidebar } from "./Sidebar";
import { useActs } from "./useActs";
import { useAlike } from "./useAlike";
import { useCommentList, type Gone, type ListFilter } from "./useCommentList";
import { useHiding } from "./useHiding";
import { useOutcomes } from "./useOutcomes";
import { useFlushDrafts } from "./useFlushDrafts";
import { useRange } from "./useRange";
import { useMore } from "./useMore";
import { usePost } from "./usePost";
import { useLook, useRead } from "./useRead";
import { useShortcuts } from "./useShortcuts";
import { canDecide, useSettle, useUnknown } from "./useUnknown";
import { nameOf } from "./words";
import { Zen } from "./Zen";
import "./inbox.css";
import "./more.css";
import "./post.css";

const SEARCH_PAUSE_MS = 160;
const AHEAD = 2;

export interface InboxProps {
  workspace: string;
  settings: Settings;
  /** Commands of other parts, for the palette. */
  commands: PaletteCommand[];
  /** The engine has stopped all work. */
  standsStill: boolean;
  /** Opens the sign-in of an account that was signed out. */
  onReconnect: (account: number) => void;
  /** Shows the way of a comment through the stages. */
  onTrace: (comment: number) => void;
  sheetOpen: boolean;
  onSheet: (open: boolean) => void;
  /** What follows `g`, beyond the inbox itself. */
  goTo: Record<string, () => void>;
}

export function Inbox(props: InboxProps) {
  const [notices] = useState(() => new Notices());
  return (
    <NoticesContext value={notices}>
      <Panes {...props} notices={notices} />
      <LiveRegion />
    </NoticesContext>
  );
}

const NONE: Gone = new Map();

function Panes({ workspace, settings, commands, standsStill, onReconnect, onTrace, sheetOpen, onSheet, goTo, notices }: InboxProps & { notices: Notices }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const client = useQueryClient();
  const [queue, setQueue] = useState<QueueName>("needs_review");
  const [account, setAccount] = useState<number | null>(null);
  const [search, setSearch] = useState("");
  const [label, setLabel] = useState<Label | null>(null);
  const [sort, setSort] = useState<SortOrder>("most_urgent");
  const [selected, setSelected] = useState<number | null>(null);
  const [asked, setAsked] = useState<number | null>(null);
  const [zen, setZen] = useState(false);
  const [snoozeOpen, setSnoozeOpen] = useState(false);
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [resumeOpen, setResumeOpen] = useState(false);
  const [focusRow, setFocusRow] = useState(0);
  const [focusEditor, setFocusEditor] = useState(0);
  const [touched, setTouched] = useState(false);
  const [settled, setSettled] = useState(false);
  const searchRef = useRef<HTMLInputElement>(null);
  const editorRef = useRef<HTMLTextAreaElement>(null);

  const overview = useCommand("get_overview", null);
  const [words, searchNow] = useSettled(search.trim(), SEARCH_PAUSE_MS);
  const filter: ListFilter = useMemo(
    () => ({ queue, account_id: account, search: words === "" ? null : words, label, sort, fold: true }),
    [queue, account, words, label, sort],
  );

  // Another queue starts at its own first row; another search keeps the row while it is among what is found.
  const [shownFilter, setShownFilter] = useState(filter);
  const [recheck, setRecheck] = useState(false);
  if (shownFilter !== filter) {
    setShownFilter(filter);
    if (shownFilter.queue !== filter.queue || shownFilter.account_id !== filter.account_id) setSelected(null);
    else setRecheck(true);
  }

  // The list hides what the acts have taken away, and the acts need the rows of the list: this carries one to the other.
  const [gone, setGone] = useState<Gone>(NONE);
  const list = useCommentList(filter, { gone, keep: selected, calm: touched || settled });
  const { rows } = list;
  const answered = !list.loading && !list.settling;
  if (recheck && answered) {
    setRecheck(false);
    if (!rows.some((each) => each.id === selected)) setSelected(rows[0]?.id ?? null);
  }
  const at = rows.findIndex((row) => row.id === selected);
  const row = rows[at];

  const toRow = useCallback(() => {
    setFocusRow((count) => count + 1);
  }, []);
  const select = useCallback(
    (id: number) => {
      setSelected(id);
      setTouched(true);
      toRow();
    },
    [toRow],
  );

  const goOn = (from: CommentRow[]) => {
    const leaving = new Set(from.map((each) => each.id));
    const here = rows.findIndex((each) => (selected !== null && leaving.has(selected) ? each.id === selected : leaving.has(each.id)));
    // One opened from the card of its campaign is in no row: the row that stands for the others is next.
    const campaigns = new Set(from.flatMap((each) => each.campaign?.id ?? []));
    const lead = here < 0 ? rows.find((each) => each.campaign && campaigns.has(each.campaign.id) && !leaving.has(each.id)) : undefined;
    const next = lead ?? rows.slice(here + 1).find((each) => !leaving.has(each.id)) ?? rows.slice(0, Math.max(0, here)).findLast((each) => !leaving.has(each.id)) ?? null;
    // Whichever stands for the others from now on comes without the pill.
    for (const id of campaigns) {
      for (const each of client.getQueryData<CampaignView>(keys.campaign(id))?.rows ?? []) if (!leaving.has(each.id)) list.want(each.id);
    }
    if (selected === null || !leaving.has(selected)) return next;
    setSelected(next?.id ?? null);
    setTouched(true);
    setSnoozeOpen(false);
    toRow();
    return next;
  };
  const { read, markRead } = useRead(rows);
  const acts = useActs({ queue, notices, goOn, select, want: list.want, markRead });
  const { desk, trail, bulk } = acts;
  useEffect(() => {
    setGone(acts.gone);
  }, [acts.gone]);
  const hidingOf = useHiding();
  const range = useRange(rows, desk, notices, bulk, hidingOf);
  const picking = range.on;
  useFlushDrafts(desk, acts.acted);
  useOutcomes(notices, select);

  const detailQuery = useQuery<CommentDetail, CommandError>({
    queryKey: keys.comment(selected ?? 0),
    queryFn: () => backend.call("get_comment", { comment_id: selected ?? 0, version: row?.version ?? 0 }),
    enabled: selected !== null,
  });
  const detail = selected === null ? undefined : detailQuery.data;
  const alike = useAlike(detail?.row.campaign ?? null, bulk, hidingOf);
  useLook(picking ? undefined : detail?.row, markRead);
  const state = useDraft(detail, desk);
  const unknown = useUnknown(detail?.row.stage === "in_outbox" ? detail.actions[0] : undefined);
  const { fail } = acts;
  const settle = useSettle(
    useCallback(
      (thrown: unknown, comment: number) => {
        fail(toCommandError(thrown), undefined, comment);
      },
      [fail],
    ),
  );
  const more = useMore(picking ? undefined : detail, acts, settings.hold_seconds);
  const copy = (text: string, said: string) => {
    void navigator.clipboard.writeText(text).then(
      () => {
        notices.show({ tone: "plain", title: said });
        notices.say(said);
      },
      () => {
        notices.show({ tone: "plain", title: text });
      },
    );
  };
  const post = usePost(picking ? undefined : detail, settings.hold_seconds, copy, fail);
  const takeBackIsNewest = useIsNewest(trail, detail?.actions[0]);

  // The next cards are read ahead, so that acting on one shows the next at once.
  useEffect(() => {
    if (at < 0) return;
    for (const next of rows.slice(at + 1, at + 1 + AHEAD)) {
      void client.prefetchQuery({ queryKey: keys.comment(next.id), queryFn: () => backend.call("get_comment", { comment_id: next.id, version: next.version }) });
    }
  }, [at, rows, client, backend]);

  const firstId = rows[0]?.id;
  useEffect(() => {
    if (selected === null && firstId !== undefined && answered) setSelected(firstId);
  }, [selected, firstId, answered]);

  // From the search field to the row: at once when its answer is there, else when it comes.
  const [toResults, setToResults] = useState(false);
  const found = answered && !recheck && words === search.trim();
  useEffect(() => {
    if (!toResults || !found) return;
    setToResults(false);
    if (selected !== null) toRow();
  }, [toResults, found, selected, toRow]);

  useEffect(() => {
    if (selected === null) return;
    return () => {
      void desk.flush(selected);
    };
  }, [selected, desk]);

  const quiet = overview.data !== undefined && overview.data.counts.in_work === 0 && overview.data.accounts.every((each) => each.last_synced_at !== null);
  useEffect(() => {
    if (quiet && rows.length > 0) setSettled(true);
  }, [quiet, rows.length]);

  const { fresh } = list;
  useEffect(() => {
    if (fresh > 0) notices.say(t("toast.arrived", { count: fresh }));
  }, [fresh, notices, t]);

  useEffect(() => {
    const editor = editorRef.current;
    if (focusEditor === 0 || !editor) return;
    editor.focus();
    editor.setSelectionRange(editor.value.length, editor.value.length);
  }, [focusEditor]);

  const openQueue = (next: QueueName) => {
    range.clear();
    setQueue(next);
    setLabel(null);
    setSearch("");
    setZen(false);
    if (next === queue) toRow();
  };

  // What is sought is in a queue that has just been opened: it is chosen as soon as the queue has been read.
  const [sought, setSought] = useState<number | null>(null);
  const shows = sought !== null && queue === "outbox" && rows.some((each) => each.id === sought);
  useEffect(() => {
    if (!shows) return;
    setSelected(sought);
    setSought(null);
    toRow();
  }, [shows, sought, toRow]);

  const move = (by: 1 | -1) => {
    const next = rows[at < 0 ? 0 : at + by];
    if (next) select(next.id);
  };
  const hasNext = rows[at < 0 ? 0 : at + 1] !== undefined;
  // While several are picked, the card that is not shown is not acted on.
  const can: ReadonlySet<CardAct> = detail && !picking ? allowed(detail, state, hidingOf(detail.row.account_id)) : new Set();
  const writing = detail !== undefined && isWriting(detail, state, asked === detail.row.id);
  const edit = () => {
    if (!detail || !can.has("edit")) return;
    setTouched(true);
    setAsked(detail.row.id);
    setFocusEditor((count) => count + 1);
  };
  const run = (name: CardAct, act: (row: CommentRow) => Promise<void>) => () => {
    if (detail && can.has(name)) void act(detail.row);
  };
  const stop = () => {
    if (overview.data?.sending === false) setResumeOpen(true);
    else void acts.setSending(false);
  };
  const settleAs = (outcome: Settlement, may: boolean) => () => {
    const action = detail?.actions[0];
    if (action && may) void settle(action, outcome);
  };
  const card: CardActs = {
    approve: () => {
      if (!detail || !writing) return;
      if (can.has("approve")) void acts.approve(detail.row, state.text, state.edited);
      else notices.say(t(state.text.trim() === "" ? "act.approve_off_empty" : "act.approve_off_guard"));
    },
    edit,
    regenerate: run("regenerate", acts.regenerate),
    hide: run("hide", acts.hide),
    unhide: run("unhide", acts.unhide),
    dismiss: run("dismiss", acts.dismiss),
    escalate: run("escalate", acts.escalate),
    reopen: run("reopen", acts.reopen),
    returnToReview: run("returnToReview", acts.returnToReview),
    retryStuck: run("retryStuck", acts.retryStuck),
    takeBack: () => {
      const action = detail?.actions[0];
      if (action && can.has("takeBack")) void acts.takeBack(action);
    },
    snooze: (until) => {
      if (detail && can.has("snooze")) void acts.snooze(detail.row, until);
    },
    lookNow: settleAs("look_now", can.has("lookNow") && unknown?.next_look_at !== null),
    posted: settleAs("posted", can.has("posted")),
    sendAgain: settleAs("send_again", canDecide(unknown)),
    giveUp: settleAs("give_up", can.has("giveUp") && canDecide(unknown)),
  };
  const correctable = detail && !picking && detail.row.stage !== "to_classify" ? detail.row : null;
  const correct = (next: Label) => {
    if (correctable) void acts.correctLabel(correctable, next);
  };
  const openZen = () => {
    if (rows.length === 0) return;
    range.clear();
    setTouched(true);
    setZen(true);
  };
  const leaveZen = () => {
    setZen(false);
    toRow();
  };
  const pick = (id: number, whole: boolean) => {
    setTouched(true);
    setSelected(id);
    toRow();
    range.pick(id, whole);
  };
  const clearRange = () => {
    range.clear();
    toRow();
  };
  const trace = () => {
    if (detail) onTrace(detail.row.id);
  };
  const fixEverything = () => {
    const fixed = state.report && fixAll(state.text, state.report.findings);
    if (!detail || fixed == null) return;
    desk.write(detail.row.id, fixed);
    // Words were taken out: a person looks at what is left.
    edit();
  };
  const openFailed = async () => {
    try {
      const id = await findFailed(backend, row?.badges.includes("send_failed") ? row.id : null);
      if (id === null) notices.show({ tone: "plain", title: t("attention.failed_none") });
      else {
        list.want(id);
        select(id);
      }
    } catch (thrown) {
      acts.fail(toCommandError(thrown));
    }
  };
  const stable = {
    takeBack: useStable((action: ActionView) => void acts.takeBack(action)),
    reconnect: useStable(onReconnect),
    unknown: useStable((action: ActionView) => {
      openQueue("outbox");
      setSought(action.comment_id);
    }),
    queue: useStable(openQueue),
    edit: useStable(edit),
    zen: useStable(openZen),
    stop: useStable(stop),
    sync: useStable(() => void acts.syncNow()),
    resume: useStable(() => {
      setResumeOpen(true);
    }),
    touch: useStable(() => {
      setTouched(true);
    }),
    pick: useStable(pick),
    failed: useStable(() => void openFailed()),
    leaveSearch: useStable(() => {
      searchNow();
      setToResults(true);
    }),
    select: useStable((id: number) => {
      setTouched(true);
      setSelected(id);
    }),
  };

  useShortcuts({
    letters: settings.appearance.shortcuts,
    palette: () => {
      setPaletteOpen(true);
    },
    stopSending: stop,
    goTo: {
      ...goTo,
      i: zen ? leaveZen : toRow,
    },
    keys: inboxKeys({
      rows,
      row,
      can,
      card,
      range,
      zen,
      move,
      select,
      pick,
      clear: clearRange,
      correct,
      snooze: () => {
        setSnoozeOpen(true);
      },
      undo: () => void acts.undo(),
      openZen,
      leaveZen,
      search: () => {
        setZen(false);
        setTimeout(() => searchRef.current?.focus(), 0);
      },
      sheet: () => {
        onSheet(true);
      },
    }),
  });

  const paletteCommands: PaletteCommand[] = [
    ...inboxCommands(t, {
      can,
      card,
      correct: correctable ? correct : null,
      takeBackIsNewest,
      snooze: () => {
        setSnoozeOpen(true);
      },
      undo: () => void acts.undo(),
      openQueue,
      stop,
      zen: openZen,
      sync: stable.sync,
      trace: detail && !picking ? trace : null,
      more: more.commands,
      alike: picking
        ? []
        : (alike?.offers ?? []).map(({ kind, count, run: toAll }): PaletteCommand => ({ group: t("palette.comment"), words: t(`alike.${kind}`, { count }), icon: Copy, run: toAll })),
      post: post.open,
      mayDecide: canDecide(unknown),
      mayLook: unknown?.next_look_at !== null,
    }),
    ...commands,
  ];

  const narrowed = label !== null || words !== "" || account !== null;
  const detailProps: DetailProps = {
    detail,
    error: selected === null ? null : detailQuery.error,
    empty: selected === null && !list.loading,
    hint: rows.length > 0,
    account: overview.data?.accounts.find((each) => each.id === detail?.row.account_id),
    hiding: detail ? hidingOf(detail.row.account_id) : null,
    unknown,
    at,
    total: Math.max(rows.length, (narrowed ? undefined : overview.data?.counts[queue]) ?? 0),
    hasNext,
    left: detail !== undefined && list.hasLeft(detail.row.id) && detail.row.stage !== "to_draft",
    sending: (overview.data?.sending ?? true) && !standsStill,
    state,
    desk,
    asked: detail !== undefined && asked === detail.row.id,
    acts: card,
    trail,
    onFixAll: fixEverything,
    editorRef,
    snoozeOpen,
    onSnoozeOpen: setSnoozeOpen,
    onMove: move,
    onLeaveEditor: () => {
      if (zen) (document.querySelector(".zen-stage") as HTMLElement | null)?.focus();
      else toRow();
    },
    onDiscard: () => {
      if (detail) void acts.discardEdit(detail.row);
    },
    onCorrect: correct,
    onCopy: copy,
    onRetry: () => void detailQuery.refetch(),
    onTrace: trace,
    more: more.menu,
    alike,
    onSelect: select,
    onPost: () => {
      post.open?.();
    },
  };

  return (
    <>
      {zen ? (
        <Zen
          {...detailProps}
          standsStill={standsStill}
          tally={acts.tally}
          remaining={detailProps.total}
          onBack={leaveZen}
          onSkip={() => {
            move(1);
          }}
          onUndo={() => void acts.undo()}
          onTakeBack={stable.takeBack}
        />
      ) : (
        <div className="inbox">
          <Sidebar
            workspace={workspace}
            overview={overview.data}
            standsStill={standsStill}
            queue={queue}
            account={account}
            onQueue={stable.queue}
            onAccount={setAccount}
            onSync={stable.sync}
            onStop={stable.stop}
            onResume={stable.resume}
            onFailed={stable.failed}
          />
          <List
            queue={queue}
            overview={overview.data}
            sending={detailProps.sending}
            list={list}
            selected={selected}
            read={read}
            density={settings.appearance.density}
            search={search}
            label={label}
            sort={sort}
            narrowed={narrowed}
            picked={picking ? range.ids : null}
            bar={picking ? <PickedBar range={range} onClear={clearRange} /> : null}
            trail={trail}
            searchRef={searchRef}
            focusRow={focusRow}
            onSelect={stable.select}
            onOpen={stable.edit}
            onTouch={stable.touch}
            onSearch={setSearch}
            onLeaveSearch={stable.leaveSearch}
            onPick={stable.pick}
            onLabel={setLabel}
            onSort={setSort}
            onZen={stable.zen}
            onQueue={stable.queue}
            onTakeBack={stable.takeBack}
            onUnknown={stable.unknown}
            onReconnect={stable.reconnect}
          />
          {range.rows.length > 0 ? (
            <PickedPane range={range} queue={queue} holdSeconds={settings.hold_seconds} onClear={clearRange} />
          ) : (
            <Detail {...detailProps} />
          )}
        </div>
      )}
      <ShortcutSheet open={sheetOpen} letters={settings.appearance.shortcuts} onOpenChange={onSheet} />
      <Palette open={paletteOpen} commands={paletteCommands} about={detail && can.size > 0 ? nameOf(detail.row) : null} onOpenChange={setPaletteOpen} />
      {more.dialog}
      {post.dialog}
      <ResumeDialog open={resumeOpen} onOpenChange={setResumeOpen} onResume={() => void acts.setSending(true)} />
    </>
  );
}
