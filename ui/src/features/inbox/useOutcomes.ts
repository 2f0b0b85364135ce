import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ActionView } from "@/contract/contract";
import { useBackend } from "@/backend/context";
import { useCommand } from "@/backend/queries";
import type { Notices } from "./notices";

/** Says how each action ended once it has left the outbox: posted quietly, refused with a notice. */
export function useOutcomes(notices: Notices, select: (id: number) => void): void {
  const { t } = useTranslation();
  const backend = useBackend();
  const outbox = useCommand("list_outbox", null);
  const before = useRef<ActionView[]>([]);
  useEffect(() => {
    if (!outbox.data) return;
    const live = new Set(outbox.data.live.map((action) => action.id));
    const ended = before.current.filter((action) => !live.has(action.id));
    before.current = outbox.data.live;
    for (const action of ended) {
      void backend
        .call("get_comment", { comment_id: action.comment_id, version: 0 })
        .then((detail) => {
          const now = detail.actions.find((each) => each.id === action.id);
          if (now?.state === "confirmed" && now.kind === "reply") notices.say(t("toast.posted", { name: now.author_name }));
          if (now?.state === "failed") {
            notices.show({
              tone: "bad",
              title: t("outcome.failed_title", { what: t(`outcome.kind.${now.kind}`) }),
              text: now.author_name,
              ...(now.note ? { said: now.note } : {}),
              action: {
                label: t("common.show"),
                run: () => {
                  select(action.comment_id);
                },
              },
            });
          }
        })
        // The comment itself is gone: its row says so, there is nothing to add.
        .catch(() => undefined);
    }
  }, [outbox.data, backend, notices, select, t]);
}
