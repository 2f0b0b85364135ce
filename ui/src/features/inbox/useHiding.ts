import { useCallback } from "react";
import type { HidingView } from "@/contract/contract";
import { useCommand } from "@/backend/queries";

/** Whether comments of this account can be hidden; everything, while its platform has not been reached. */
export type HidingOf = (account: number) => HidingView | null;

const ALL: HidingView = { undoable: true };

/** What the platform of each account lets hide, so that nothing else is offered. */
export function useHiding(): HidingOf {
  const accounts = useCommand("list_accounts", null);
  const cards = accounts.data?.accounts;
  return useCallback(
    (account) => {
      const card = cards?.find((each) => each.id === account);
      return card?.capabilities ? card.capabilities.can_hide : ALL;
    },
    [cards],
  );
}
