import { useCommand } from "@/backend/queries";

/** How much is stored of an account. Counted anew each time that it is shown, and only then: it reads every row. */
export function useCounts(account: number) {
  return useCommand("count_account", { account_id: account }, { staleTime: 0 });
}
