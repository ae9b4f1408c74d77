import type { Api } from "../api";
import { Paging } from "../paging.svelte";
import type { Campaign, CampaignsAnswer } from "../wire";

/** Campaigns that the call gives at most. */
const MOST_AT_ONCE = 50;

/** Campaigns, newest first. */
export function campaignsOf(api: Api): Paging<Campaign> {
  return new Paging(
    async (cursor, limit) => {
      const outcome = await api.get<CampaignsAnswer>("/api/campaigns", { cursor, limit });
      if (outcome.status === "error") return outcome;
      const { campaigns, next } = outcome.data;
      return { status: "ok", data: { rows: campaigns, next: next ?? null, total: null } };
    },
    (campaign) => campaign.id,
    MOST_AT_ONCE,
  );
}
