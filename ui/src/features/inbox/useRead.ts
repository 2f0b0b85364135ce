import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { CommentRow } from "@/contract/contract";
import { useBackend } from "@/backend/context";

/** Going past a comment is not reading it. */
const LOOK_MS = 600;

function followVisibility(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => {
    document.removeEventListener("visibilitychange", listener);
  };
}
const isVisible = () => document.visibilityState === "visible";

export interface Reading {
  /** Read on the screen; the engine may not have said so yet. */
  read: ReadonlySet<number>;
  markRead: (row: CommentRow) => void;
}

/** Which comments were read, ahead of the engine. `rows` is what the list knows. */
export function useRead(rows: CommentRow[]): Reading {
  const backend = useBackend();
  const [read, setRead] = useState<ReadonlySet<number>>(new Set());
  const asked = useRef(new Set<number>());

  const markRead = useCallback(
    ({ id, version, unread }: CommentRow) => {
      if (!unread || asked.current.has(id)) return;
      asked.current.add(id);
      setRead((before) => new Set(before).add(id));
      backend.call("mark_read", { comment_id: id, version }).catch(() => {
        // The row shows it as unread again, and the next look at the card asks again.
        asked.current.delete(id);
        setRead((before) => new Set([...before].filter((each) => each !== id)));
      });
    },
    [backend],
  );

  // From here on the engine's word counts: what it calls unread again later, such as an edited comment, is.
  useEffect(() => {
    const known = rows.filter((row) => !row.unread && asked.current.has(row.id)).map((row) => row.id);
    if (known.length === 0) return;
    for (const id of known) asked.current.delete(id);
    setRead((before) => new Set([...before].filter((id) => !known.includes(id))));
  }, [rows]);

  return { read, markRead };
}

/** A card that stands before a person for a moment is read; one that is only fetched ahead is not. */
export function useLook(shown: CommentRow | undefined, markRead: (row: CommentRow) => void): void {
  const visible = useSyncExternalStore(followVisibility, isVisible);
  useEffect(() => {
    if (!shown?.unread || !visible) return;
    const timer = setTimeout(() => {
      markRead(shown);
    }, LOOK_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [shown, visible, markRead]);
}
