import type { IconName } from "../../lib/words";
import type { PageName } from "../router.svelte";

/** How a page is called and drawn in the sidebar; those of the group `Foot` stand under all others. */
export type PageWords = { label: string; short: string; icon: IconName; group: string };

/** The words of each page. */
export function pageWords(page: PageName): PageWords {
  switch (page) {
    case "sdrs":
      return { label: "WhatsApp", short: "WhatsApp", icon: "phone", group: "Now" };
    case "review":
      return { label: "Review", short: "Review", icon: "question", group: "Now" };
    case "messages":
      return { label: "Messages", short: "Messages", icon: "chat", group: "Now" };
    case "campaigns":
      return { label: "Campaigns", short: "Campaigns", icon: "send", group: "Outreach" };
    case "templates":
      return { label: "Templates", short: "Templates", icon: "file", group: "Outreach" };
    case "leads":
      return { label: "Leads", short: "Leads", icon: "users", group: "People" };
    case "do-not-contact":
      return { label: "Do not contact", short: "Blocked", icon: "ban", group: "People" };
    case "figures":
      return { label: "Figures", short: "Figures", icon: "chart", group: "Office" };
    case "audit":
      return { label: "Audit", short: "Audit", icon: "history", group: "Office" };
    case "webhooks":
      return { label: "Webhooks", short: "Webhooks", icon: "webhook", group: "Office" };
    case "settings":
      return { label: "Settings", short: "Settings", icon: "sliders", group: "Office" };
    case "reference":
      return { label: "API reference", short: "API", icon: "braces", group: "Foot" };
  }
}

/** The groups of the sidebar, in their order. */
export const GROUPS: readonly string[] = ["Now", "Outreach", "People", "Office"];

/** What a phone shows at the bottom; the rest is behind `More`. */
export const AT_HAND: readonly PageName[] = ["sdrs", "review", "messages", "leads"];
