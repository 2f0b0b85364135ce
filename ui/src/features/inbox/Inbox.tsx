import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionView, CommandError, CommentDetail, CommentRow, Label, QueueName, Settings, SortOrder } from "@/contract/contract";
import { useBackend } from "@/backend/context";
import { keys, useCommand } from "@/backend/queries";
import { MOD } from "@/shared/keys";
import { useStable } from "@/shared/useStable";
import { allowed, type CardAct, type CardActs } from "./ActionBar";
import { Detail, isWriting, type DetailProps } from "./Detail";
import { LiveRegion } from "./Dock";
import { useDraft } from "./DraftCard";
import { List } from "./List";
import { Notices, NoticesContext } from "./notices";
import { Palette, type PaletteCommand } from "./Palette";
import { ResumeDialog } from "./ResumeDialog";
import { ShortcutSheet } from "./ShortcutSheet";
import { Sidebar } from "./Sidebar";
import { useActs } from "./useActs";
import { useCommentList, type Gone, type ListFilter } from "./useCommentList";
import { useOutcomes } from "./useOutcomes";
import { useShortcuts } from "./useShortcuts";
import { LABELS, QUEUES } from "./words";
import { Zen } from "./Zen";
import "./inbox.css";

const SEARCH_PAUSE_MS = 160;
const AHEAD = 2;

function useSettled<T>(value: T, pause: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, pause);
    return () => {
      clearTimeout(timer);
    };
  }, [value, pause]);
  return settled;
}

export interface InboxProps {
  workspace: string;
  settings: Settings;
  /** Commands of other parts, for the palette. */
  commands: PaletteCommand[];
  /** Opens the sign-in of an account that was signed out. */
  onReconnect: () => void;
  sheetOpen: boolean;
  onSheet: (open: boolean) => void;
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

function Panes({ workspace, settings, commands, onReconnect, sheetOpen, onSheet, notices }: InboxProps & { notices: Notices }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const client = useQueryClient();
  const [queue, setQueue] = useState<QueueName>("needs_review");
  const [account, setAccount] = useState<number | null>(null);
  const [search, setSearch] = useState("");
  const [label, setLabel] = useState<Label | null>(null);
  const [sort, setSort] = useState<SortOrder>("most_urgent");
  const [selected, setSelected] = useState<number | null>(null);
  const [seen, setSeen] = useState<ReadonlySet<number>>(new Set());
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
  const words = useSettled(search.trim(), SEARCH_PAUSE_MS);
  const filter: ListFilter = useMemo(
    () => ({ queue, account_id: account, search: words === "" ? null : words, label, sort }),
    [queue, account, words, label, sort],
  );

  // Another list starts at its own first row.
  const [shownFilter, setShownFilter] = useState(filter);
  if (shownFilter !== filter) {
    setShownFilter(filter);
    setSelected(null);
  }

  // The list hides what the acts have taken away, and the acts need the rows of the list: this carries one to the other.
  const [gone, setGone] = useState<Gone>(NONE);
  const list = useCommentList(filter, { gone, keep: selected, calm: touched || settled });
  const { rows } = list;
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

  const goOn = (from: CommentRow) => {
    const here = rows.findIndex((each) => each.id === from.id);
    const next = rows[here + 1] ?? rows[here - 1] ?? null;
    if (from.id !== selected) return next;
    setSelected(next?.id ?? null);
    setTouched(true);
    setSnoozeOpen(false);
    toRow();
    return next;
  };
  const acts = useActs({ queue, rows, notices, goOn, select, want: list.want });
  const { desk } = acts;
  useEffect(() => {
    setGone(acts.gone);
  }, [acts.gone]);
  useOutcomes(notices, select);

  const detailQuery = useQuery<CommentDetail, CommandError>({
    queryKey: keys.comment(selected ?? 0),
    queryFn: () => backend.call("get_comment", { comment_id: selected ?? 0, version: row?.version ?? 0 }),
    enabled: selected !== null,
  });
  const detail = selected === null ? undefined : detailQuery.data;
  const state = useDraft(detail, desk);

  // The next cards are read ahead, so that acting on one shows the next at once.
  useEffect(() => {
    if (at < 0) return;
    for (const next of rows.slice(at + 1, at + 1 + AHEAD)) {
      void client.prefetchQuery({ queryKey: keys.comment(next.id), queryFn: () => backend.call("get_comment", { comment_id: next.id, version: next.version }) });
    }
  }, [at, rows, client, backend]);

  const firstId = rows[0]?.id;
  useEffect(() => {
    if (selected === null && firstId !== undefined) setSelected(firstId);
  }, [selected, firstId]);

  useEffect(() => {
    if (selected === null) return;
    setSeen((before) => (before.has(selected) ? before : new Set(before).add(selected)));
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
    const flush = () => {
      desk.flushAll();
    };
    const hidden = () => {
      if (document.visibilityState === "hidden") flush();
    };
    window.addEventListener("beforeunload", flush);
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      window.removeEventListener("beforeunload", flush);
      window.removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", hidden);
      flush();
    };
  }, [desk]);

  useEffect(() => {
    const editor = editorRef.current;
    if (focusEditor === 0 || !editor) return;
    editor.focus();
    editor.setSelectionRange(editor.value.length, editor.value.length);
  }, [focusEditor]);

  const openQueue = (next: QueueName) => {
    setQueue(next);
    setLabel(null);
    setSearch("");
    setZen(false);
    if (next === queue) toRow();
  };

  const move = (by: 1 | -1) => {
    const next = rows[at < 0 ? 0 : at + by];
    if (next) select(next.id);
  };
  const can: ReadonlySet<CardAct> = detail ? allowed(detail, state) : new Set();
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
  };
  const correct = (next: Label) => {
    if (detail && detail.row.stage !== "to_classify") void acts.correctLabel(detail.row, next);
  };
  const openZen = () => {
    if (rows.length === 0) return;
    setTouched(true);
    setZen(true);
  };
  const leaveZen = () => {
    setZen(false);
    toRow();
  };
  const stable = {
    takeBack: useStable((action: ActionView) => void acts.takeBack(action)),
    reconnect: useStable(onReconnect),
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
    keys: {
      j: () => {
        move(1);
      },
      ArrowDown: () => {
        move(1);
      },
      k: () => {
        move(-1);
      },
      ArrowUp: () => {
        move(-1);
      },
      Home: () => {
        if (rows[0]) select(rows[0].id);
      },
      End: () => {
        const last = rows.at(-1);
        if (last) select(last.id);
      },
      Enter: edit,
      e: edit,
      a: card.approve,
      r: can.has("retryStuck") ? card.retryStuck : card.regenerate,
      h: can.has("unhide") ? card.unhide : card.hide,
      d: card.dismiss,
      s: () => {
        if (can.has("snooze")) setSnoozeOpen(true);
      },
      "!": card.escalate,
      z: () => void acts.undo(),
      f: zen ? leaveZen : openZen,
      "/": () => {
        setZen(false);
        setTimeout(() => searchRef.current?.focus(), 0);
      },
      "?": () => {
        onSheet(true);
      },
      Escape: zen ? leaveZen : undefined,
      ...Object.fromEntries(
        LABELS.map((each, index) => [
          String(index + 1),
          () => {
            correct(each);
          },
        ]),
      ),
    },
  });

  const paletteCommands: PaletteCommand[] = [
    ...(
      [
        ["approve", "act.approve", "a", card.approve],
        ["edit", "act.edit", "e", card.edit],
        ["regenerate", "act.regenerate", "r", card.regenerate],
        ["hide", "act.hide", "h", card.hide],
        ["unhide", "act.unhide", "h", card.unhide],
        ["dismiss", "sheet.done", "d", card.dismiss],
        [
          "snooze",
          "act.snooze",
          "s",
          () => {
            setSnoozeOpen(true);
          },
        ],
        ["escalate", "act.escalate", "!", card.escalate],
        ["takeBack", "act.take_back", "z", card.takeBack],
        ["retryStuck", "stuck.retry", "r", card.retryStuck],
        ["reopen", "act.reopen", "", card.reopen],
      ] as const
    )
      .filter(([name]) => can.has(name))
      .map(([, word, key, act]): PaletteCommand => ({ group: t("palette.comment"), words: t(word), ...(key ? { keys: [key] } : {}), run: act })),
    ...QUEUES.map((name): PaletteCommand => ({
      group: t("palette.queues"),
      words: t(`queue.${name}`),
      run: () => {
        openQueue(name);
      },
    })),
    { group: t("palette.app"), words: t("sheet.stop"), keys: [MOD, "⇧", "."], run: stop },
    { group: t("palette.app"), words: t("list.zen"), keys: ["f"], run: openZen },
    { group: t("palette.app"), words: t("accounts.sync_now"), run: () => void acts.syncNow() },
    ...commands,
  ];

  const detailProps: DetailProps = {
    detail,
    error: selected === null ? null : detailQuery.error,
    empty: selected === null && !list.loading,
    hint: rows.length > 0,
    account: overview.data?.accounts.find((each) => each.id === detail?.row.account_id),
    at,
    total: Math.max(rows.length, (label === null && words === "" && account === null ? overview.data?.counts[queue] : undefined) ?? 0),
    left: detail !== undefined && list.hasLeft(detail.row.id) && detail.row.stage !== "to_draft",
    sending: overview.data?.sending ?? true,
    state,
    desk,
    asked: detail !== undefined && asked === detail.row.id,
    acts: card,
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
    onCopy: (text, said) => {
      void navigator.clipboard.writeText(text).then(
        () => {
          notices.show({ tone: "plain", title: said });
          notices.say(said);
        },
        () => {
          notices.show({ tone: "plain", title: text });
        },
      );
    },
    onRetry: () => void detailQuery.refetch(),
  };

  return (
    <>
      {zen ? (
        <Zen
          {...detailProps}
          overview={overview.data}
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
            queue={queue}
            account={account}
            onQueue={stable.queue}
            onAccount={setAccount}
            onSync={stable.sync}
            onStop={stable.stop}
            onResume={stable.resume}
          />
          <List
            queue={queue}
            overview={overview.data}
            list={list}
            selected={selected}
            seen={seen}
            density={settings.appearance.density}
            search={search}
            label={label}
            sort={sort}
            searchRef={searchRef}
            focusRow={focusRow}
            onSelect={stable.select}
            onOpen={stable.edit}
            onTouch={stable.touch}
            onSearch={setSearch}
            onLabel={setLabel}
            onSort={setSort}
            onZen={stable.zen}
            onQueue={stable.queue}
            onTakeBack={stable.takeBack}
            onReconnect={stable.reconnect}
          />
          <Detail {...detailProps} />
        </div>
      )}
      <ShortcutSheet open={sheetOpen} letters={settings.appearance.shortcuts} onOpenChange={onSheet} />
      <Palette open={paletteOpen} commands={paletteCommands} onOpenChange={setPaletteOpen} />
      <ResumeDialog open={resumeOpen} onOpenChange={setResumeOpen} onResume={() => void acts.setSending(true)} />
    </>
  );
}
