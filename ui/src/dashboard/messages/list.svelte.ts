import type { Api } from "../api";
import { Paging } from "../paging.svelte";
import type { MessageRow, MessageState, MessagesAnswer } from "../wire";

/** What is looked for; empty strings look for everything. */
export type MessagesQuestion = {
  search: string;
  sdrId: string;
  state: MessageState | "";
  campaignId: string;
};

/** The question in an address. */
export function questionIn(query: URLSearchParams): MessagesQuestion {
  return {
    search: query.get("search") ?? "",
    sdrId: query.get("sdr") ?? "",
    state: (query.get("state") ?? "") as MessageState | "",
    campaignId: query.get("campaign") ?? "",
  };
}

/** Messages, newest first. */
export class MessagesList {
  readonly paging: Paging<MessageRow>;
  question = $state.raw<MessagesQuestion>(questionIn(new URLSearchParams()));

  constructor(api: Api) {
    this.paging = new Paging(
      async (cursor, limit) => {
        const query = { ...this.question, newest: true, cursor, limit };
        const outcome = await api.get<MessagesAnswer>("/api/messages", query);
        if (outcome.status === "error") return outcome;
        const { messages, next } = outcome.data;
        return { status: "ok", data: { rows: messages, next: next ?? null, total: null } };
      },
      (message) => message.messageId,
    );
  }

  /** Looks for something else. */
  async ask(question: MessagesQuestion): Promise<void> {
    this.question = question;
    await this.paging.restart();
  }
}
