import { useQuery } from "@tanstack/react-query";
import type { CampaignMark, CampaignView, CommandError } from "@/contract/contract";
import { useBackend } from "@/backend/context";
import { keys } from "@/backend/queries";
import { bulkItems, type BulkItem, type BulkKind, type BulkProgress } from "./useBulk";
import type { HidingOf } from "./useHiding";

export type AlikeKind = Exclude<BulkKind, "approve">;

export const ALIKE_KINDS: readonly AlikeKind[] = ["hide", "spam", "dismiss"];

export interface Alike {
  view: CampaignView;
  /** On how many each would act; one alone is the action bar's. */
  offers: { kind: AlikeKind; count: number; run: () => void }[];
  busy: boolean;
}

/** What says the same as the open comment, and what one stroke would do to all of it that waits. */
export function useAlike(mark: CampaignMark | null, bulk: { run: (kind: BulkKind, items: BulkItem[]) => Promise<void>; progress: BulkProgress | null }, hidingOf: HidingOf): Alike | null {
  const backend = useBackend();
  const { data: view } = useQuery<CampaignView, CommandError>({
    queryKey: keys.campaign(mark?.id ?? 0),
    queryFn: () => backend.call("get_campaign", { campaign_id: mark?.id ?? 0 }),
    enabled: mark !== null,
  });
  if (mark === null || !view) return null;
  const busy = bulk.progress !== null;
  const offers = ALIKE_KINDS.flatMap((kind) => {
    const items = bulkItems(view.rows, kind, hidingOf);
    if (items.length < 2) return [];
    const run = () => {
      if (!busy) void bulk.run(kind, items);
    };
    return [{ kind, count: items.length, run }];
  });
  return { view, offers, busy };
}
