import { useVirtualizer, defaultRangeExtractor } from "@tanstack/react-virtual";
import { ArrowDownUp, Check, ChevronDown, ChevronUp, CircleCheck, ListFilter, Scan, Search, SearchX, TriangleAlert, X } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { memo, useEffect, useLayoutEffect, useRef, type ReactNode, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { ActionView, CommandError, Density, Label, Overview, QueueName, SortOrder } from "@/contract/contract";
import { failureOf } from "@/backend/failure";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { Tip } from "@/shared/Tip";
import { ago } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { useStable } from "@/shared/useStable";
import { Dock } from "./Dock";
import { RowContent } from "./Row";
import type { UndoTrail } from "./undoTrail";
import type { CommentList } from "./useCommentList";
import { LABELS, alikeWaiting, labelWords, nameOf } from "./words";

const HEIGHT = { comfortable: 97, compact: 48 };

export interface ListProps {
  queue: QueueName;
  overview: Overview | undefined;
  list: CommentList;
  selected: number | null;
  /** What is approved goes out. */
  sending: boolean;
  read: ReadonlySet<number>;
  density: Density;
  search: string;
  label: Label | null;
  sort: SortOrder;
  /** The list is narrowed by search, label or account, so the queue's own count is not its. */
  narrowed: boolean;
  /** `null` while nothing is picked. */
  picked: ReadonlySet<number> | null;
  /** What can be done with the picked ones; stands above the dock. */
  bar: ReactNode;
  trail: UndoTrail;
  searchRef: RefObject<HTMLInputElement | null>;
  /** Grows each time the focus shall go to the selected row. */
  focusRow: number;
  onSelect: (id: number) => void;
  onOpen: (id: number) => void;
  onTouch: () => void;
  onSearch: (words: string) => void;
  /** From the search field to the selected row. */
  onLeaveSearch: () => void;
  onPick: (id: number, range: boolean) => void;
  onLabel: (label: Label | null) => void;
  onSort: (sort: SortOrder) => void;
  onZen: () => void;
  onQueue: (queue: QueueName) => void;
  onTakeBack: (action: ActionView) => void;
  /** Shows an action of which nobody knows whether it is out. */
  onUnknown: (action: ActionView) => void;
  onReconnect: (account: number) => void;
}

/** Memoised, so that typing in the editor beside it draws no row again. */
export const List = memo(function List(props: ListProps) {
  const { queue, overview, sending, list, narrowed, bar, trail, onTakeBack, onZen } = props;
  const { t, i18n } = useTranslation();
  const count = narrowed ? (list.loading || list.settling ? undefined : list.rows.length) : overview?.counts[queue];
  return (
    <section className="list" aria-label={t(`queue.${queue}`)}>
      <div className="bar" data-pill={list.fresh > 0 || undefined}>
        <h1 className="clip">{t(`queue.${queue}`)}</h1>
        {count === undefined ? null : (
          <span className="muted" data-testid="list-count">
            {new Intl.NumberFormat(i18n.language).format(count)}
            {narrowed && list.hasMore ? "+" : ""}
          </span>
        )}
        {list.fresh > 0 ? (
          <button type="button" className="new-pill" data-testid="new-pill" aria-label={t("list.new_label", { count: list.fresh })} onClick={list.showFresh}>
            <Icon of={ChevronUp} size={14} />
            {t("list.new", { count: list.fresh })}
          </button>
        ) : null}
        <span className="grow" />
        <SortMenu {...props} />
        <Tip text={t("list.zen")} keys="f">
          <button type="button" className="btn-icon" aria-label={t("list.zen")} data-testid="zen-open" onClick={onZen} disabled={list.rows.length === 0}>
            <Icon of={Scan} />
          </button>
        </Tip>
      </div>
      <Tools {...props} />
      <SignedOut {...props} />
      <Rows {...props} />
      {overview && overview.counts.in_work > 0 ? (
        <p className="list-reading" role="status">
          <span className="spinner" />
          {t("list.reading", { count: overview.counts.in_work })}
        </p>
      ) : null}
      {bar}
      <Dock sending={sending} trail={trail} onUndo={onTakeBack} onUnknown={queue === "outbox" ? null : props.onUnknown} />
    </section>
  );
});

/** One notice for each account that only a new sign-in helps: what happened, what it means, what to do. */
function SignedOut({ overview, onReconnect }: ListProps) {
  const { t } = useTranslation();
  const out = overview?.accounts.filter((account) => account.connection === "signed_out") ?? [];
  return out.map((account) => (
    <div key={account.id} className="list-signed-out tell tell-bad" role="alert">
      <Icon of={TriangleAlert} />
      <b>{t("accounts.signed_out_title", { name: account.username })}</b>
      <Said words={account.connection_note}>{t("accounts.signed_out_text")}</Said>
      {account.simulated ? null : (
        <div className="tell-do">
          <button type="button" className="btn btn-primary" onClick={() => {
              onReconnect(account.id);
            }}>
            {t("accounts.reconnect")}
          </button>
        </div>
      )}
    </div>
  ));
}

function SortMenu({ sort, onSort }: ListProps) {
  const { t } = useTranslation();
  const orders: SortOrder[] = ["most_urgent", "newest", "oldest"];
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="btn btn-quiet sort" aria-label={`${t("list.sort")}: ${t(`list.${sort}`)}`}>
          <span className="sort-word">{t(`list.${sort}`)}</span>
          <span className="sort-icon">
            <Icon of={ArrowDownUp} size={14} />
          </span>
          <span className="sort-chevron">
            <Icon of={ChevronDown} size={14} />
          </span>
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          <DropdownMenu.RadioGroup
            value={sort}
            onValueChange={(value) => {
              onSort(value as SortOrder);
            }}
          >
            {orders.map((order) => (
              <DropdownMenu.RadioItem key={order} value={order} className="menu-item">
                <span className="grow">{t(`list.${order}`)}</span>
                <DropdownMenu.ItemIndicator>
                  <Icon of={Check} />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Tools({ search, label, searchRef, onSearch, onLeaveSearch, onLabel, onTouch }: ListProps) {
  const { t } = useTranslation();
  return (
    <div className="list-tools">
      <label className="field grow">
        <Icon of={Search} size={14} />
        <input
          ref={searchRef}
          type="search"
          data-testid="search"
          aria-label={t("list.search")}
          placeholder={t("list.search")}
          value={search}
          onFocus={onTouch}
          onChange={(event) => {
            onSearch(event.target.value);
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === "Enter" || event.key === "ArrowDown") {
              event.preventDefault();
              onLeaveSearch();
              return;
            }
            if (event.key !== "Escape") return;
            event.stopPropagation();
            if (search === "") event.currentTarget.blur();
            else onSearch("");
          }}
        />
        {search === "" ? (
          <kbd>/</kbd>
        ) : (
          <button
            type="button"
            className="btn-icon btn-icon-small"
            aria-label={t("list.clear_search")}
            onClick={() => {
              onSearch("");
              searchRef.current?.focus();
            }}
          >
            <Icon of={X} size={14} />
          </button>
        )}
      </label>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger asChild>
          <button type="button" className="btn-icon" data-active={label !== null} aria-label={label ? `${t("list.filter")}: ${t(`label.${label}`)}` : t("list.filter")}>
            <Icon of={ListFilter} />
          </button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
            <DropdownMenu.Label className="menu-note">{t("list.filter")}</DropdownMenu.Label>
            <DropdownMenu.RadioGroup
              value={label ?? ""}
              onValueChange={(value) => {
                onLabel(value === "" ? null : (value as Label));
              }}
            >
              {["", ...LABELS].map((each) => (
                <DropdownMenu.RadioItem key={each} value={each} className={`menu-item ${each ? `label-${each}` : ""}`}>
                  {each ? <i className="label-dot" /> : <i className="label-dot label-dot-none" />}
                  <span className="grow">{each ? t(`label.${each}`) : t("list.filter_all")}</span>
                  <DropdownMenu.ItemIndicator>
                    <Icon of={Check} />
                  </DropdownMenu.ItemIndicator>
                </DropdownMenu.RadioItem>
              ))}
            </DropdownMenu.RadioGroup>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </div>
  );
}

function Rows(props: ListProps) {
  const { queue, list, selected, read, density, focusRow, sending, picked, onSelect, onOpen, onTouch, onPick } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const { rows } = list;
  const selectedAt = rows.findIndex((row) => row.id === selected);
  const compact = density === "compact";
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT[density],
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 8,
    // The selected row keeps the focus even when it is scrolled out of sight.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      if (selectedAt < 0 || shown.includes(selectedAt)) return shown;
      return selectedAt < range.startIndex ? [selectedAt, ...shown] : [...shown, selectedAt];
    },
  });

  useLayoutEffect(() => {
    virtual.measure();
    // Row heights differ by density only.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [density]);

  const shown = !list.error && !list.loading && rows.length > 0;
  const selectedAtStart = useStable(() => (selectedAt < 0 ? null : (virtual.measurementsCache[selectedAt]?.start ?? null)));

  // Rows that leave or return above the selected one must not move it.
  const anchor = useRef<{ id: number; start: number } | null>(null);
  useLayoutEffect(() => {
    const start = selectedAt < 0 ? undefined : virtual.measurementsCache[selectedAt]?.start;
    const before = anchor.current;
    if (before && start !== undefined && before.id === selected && scroller.current && start !== before.start) {
      const top = scroller.current.scrollTop;
      const inSight = before.start + HEIGHT[density] > top && before.start < top + scroller.current.clientHeight;
      if (inSight) scroller.current.scrollTop = top + start - before.start;
    }
    anchor.current = selected !== null && start !== undefined ? { id: selected, start } : null;
    // Only a change of the rows themselves may shift what stands above.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [rows, selected]);

  useLayoutEffect(() => {
    if (selectedAt < 0) return;
    virtual.scrollToIndex(selectedAt, { align: "auto" });
    // Scrolls on a change of selection, not when rows change around it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selected, focusRow]);

  // The notice that comes up below the list takes its room, and must not take the row that is read.
  const keepInSight = useStable(() => {
    if (selectedAt >= 0) virtual.scrollToIndex(selectedAt, { align: "auto" });
  });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let height = element.clientHeight;
    const observer = new ResizeObserver(() => {
      const now = element.clientHeight;
      const start = selectedAtStart();
      // Only a row that stood in sight is brought back into it.
      if (now < height && start !== null && start < element.scrollTop + height) keepInSight();
      height = now;
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [keepInSight, selectedAtStart, shown]);

  useEffect(() => {
    if (focusRow === 0) return;
    scroller.current?.querySelector<HTMLElement>('[role="option"][aria-selected="true"]')?.focus({ preventScroll: true });
  }, [focusRow, selected]);

  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const { more, hasMore } = list;
  useEffect(() => {
    if (hasMore && lastShown >= rows.length - 20) more();
  }, [hasMore, lastShown, rows.length, more]);

  if (list.error) return <Failed error={list.error} onRetry={list.retry} />;
  if (list.loading) return <Skeleton compact={compact} />;
  if (rows.length === 0) return <Empty {...props} />;

  return (
    <div className="rows" ref={scroller} aria-busy={list.settling || undefined} onPointerDown={onTouch} onWheel={onTouch}>
      <div
        role="listbox"
        aria-label={t(`queue.${queue}`)}
        data-testid="comment-list"
        data-density={density}
        data-picking={picked !== null || undefined}
        className="rows-all"
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const isSelected = row.id === selected;
          return (
            <div
              key={row.id}
              ref={virtual.measureElement}
              data-index={item.index}
              data-testid={`row-${String(row.id)}`}
              className="row"
              role="option"
              aria-selected={isSelected}
              {...(picked ? { "aria-checked": picked.has(row.id), "data-picked": picked.has(row.id) || undefined } : {})}
              {...(isSelected ? { "data-focus-home": "" } : {})}
              aria-posinset={item.index + 1}
              aria-setsize={list.hasMore ? -1 : rows.length}
              aria-label={`${[nameOf(row), labelWords(t, row), ...(alikeWaiting(row) > 0 ? [t("alike.chip", { count: alikeWaiting(row) })] : [])].join(", ")}: ${row.text}`}
              tabIndex={isSelected || (selectedAt < 0 && item.index === 0) ? 0 : -1}
              style={{ transform: `translateY(${String(item.start)}px)` }}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey) onPick(row.id, false);
                else if (event.shiftKey) onPick(row.id, true);
                else onSelect(row.id);
              }}
              onDoubleClick={() => {
                onOpen(row.id);
              }}
              onFocus={() => {
                if (!isSelected) onSelect(row.id);
              }}
            >
              <RowContent row={row} selected={isSelected} read={read.has(row.id)} compact={compact} sending={sending} picked={picked ? picked.has(row.id) : null} onPick={onPick} />
            </div>
          );
        })}
      </div>
      {list.loadingMore ? (
        <p className="rows-more muted">
          <span className="spinner" />
          {t("list.more")}
        </p>
      ) : null}
      {list.moreFailed ? (
        <p className="rows-more" role="alert">
          {t("list.more_failed")}
          <button type="button" className="btn btn-small" onClick={list.retryMore}>
            {t("common.retry")}
          </button>
        </p>
      ) : null}
    </div>
  );
}

function Skeleton({ compact }: { compact: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="rows skeleton" aria-busy="true" data-compact={compact || undefined}>
      {Array.from({ length: compact ? 14 : 8 }, (_, at) => (
        <div key={at} className="skeleton-row" style={{ opacity: 1 - at * 0.11 }}>
          <span style={{ width: `${String(28 + ((at * 7) % 18))}%` }} />
          <span style={{ width: `${String(84 - ((at * 5) % 20))}%` }} />
          <span style={{ width: `${String(46 + ((at * 11) % 26))}%` }} />
          <i />
        </div>
      ))}
      <p className="skeleton-words" role="status">
        <span className="spinner" />
        {t("list.opening")}
      </p>
    </div>
  );
}

function Failed({ error, onRetry }: { error: CommandError; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="rows">
      <div className="list-failed" role="alert">
        <div className="tell tell-bad">
          <Icon of={TriangleAlert} />
          <b>{t("list.failed_title")}</b>
          <Said words={error.message}>
            {t("list.failed_meaning")} {error.code === "internal" ? null : t(failureOf(error).advice)}
          </Said>
          <div className="tell-do">
            <button type="button" className="btn" onClick={onRetry}>
              {t("common.retry")}
            </button>
          </div>
        </div>
      </div>
    </div>
  );
}

function Empty({ queue, overview, search, label, onSearch, onLabel, onQueue }: ListProps) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const filtered = search !== "" || label !== null;
  const what = filtered ? "search" : queue;
  const waiting = overview?.counts.outbox ?? 0;
  const checked = overview?.accounts.reduce((latest, account) => Math.max(latest, account.last_synced_at ?? 0), 0) ?? 0;
  const reading = overview?.counts.in_work ?? 0;
  return (
    <div className="rows rows-empty">
      <div className="empty" data-good={queue === "needs_review" && !filtered ? "" : undefined}>
        <span className="empty-sign">
          <Icon of={filtered ? SearchX : queue === "needs_review" || queue === "stuck" ? Check : CircleCheck} size={20} />
        </span>
        <h2>{t(`empty.${what}`)}</h2>
        <p>
          {t(`empty.${what}_text`)}
          {queue === "needs_review" && !filtered && waiting > 0 ? ` ${t("empty.needs_review_outbox", { count: waiting })}` : ""}
          {queue === "needs_review" && !filtered && reading > 0 ? ` ${t("empty.still_reading", { count: reading })}` : ""}
        </p>
        {filtered ? (
          <button
            type="button"
            className="btn"
            onClick={() => {
              onSearch("");
              onLabel(null);
            }}
          >
            {t("empty.clear")}
          </button>
        ) : queue === "needs_review" && waiting > 0 ? (
          <button
            type="button"
            className="btn"
            onClick={() => {
              onQueue("outbox");
            }}
          >
            {t("empty.open_outbox")}
          </button>
        ) : null}
        {checked > 0 && !filtered ? <small className="muted">{t("empty.checked", { when: ago(checked, i18n.language, now) })}</small> : null}
      </div>
    </div>
  );
}
