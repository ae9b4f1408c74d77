import { openAckWatch } from "./ack-watch";
import type { FoundMessage, HandoverGate, IncomingMessage, SendOutcome } from "./adapter";
import { isInteger, pageNow, randomName, whenSettled } from "./builtins";
import { encode } from "./encode";
import { openFileHold } from "./file-hold";
import type {
  BridgeCommand,
  BridgeEvent,
  MessageId,
  Problem,
  WaMessageId,
} from "./generated/protocol";
import { openMarker } from "./marker";
import { problem } from "./problem";
import { openQuiet } from "./quiet";
import { openReportLog } from "./report-log";
import { readRequest } from "./request";
import { openSends } from "./sends";
import type { Serving } from "./serving";

/** The functions the app calls. Each returns the JSON text of an `Envelope`, never throws. */
export interface Bridge {
  submit(json: unknown): string;
  drain(afterSeq: unknown): string;
  probe(): string;
  /** Takes the library wa-js into service, once the app has put it into the page. */
  adopt(): string;
}

/** Least time between two sweeps over the page's messages; events tell the rest at once. */
const SWEEP_EVERY_MS = 1_000;

/** A bridge over one load of a page: one generation. */
export function openBridge(adapter: Serving): Bridge {
  const generation = randomName();
  const log = openReportLog();
  const acks = openAckWatch();
  const sends = openSends();
  const files = openFileHold();
  const quiet = openQuiet();
  const marker = openMarker();
  let sweptAt = 0;

  function report(event: BridgeEvent): void {
    log.add(event);
  }

  /** Reports the ack if it is news; without room it stays news. */
  function reportAck(message: FoundMessage): void {
    if (!log.full() && acks.isNews(message)) {
      report({ type: "ack", waMessageId: message.waMessageId, ack: message.ack });
    }
  }

  function reportIncoming(message: IncomingMessage): boolean {
    if (log.full()) {
      return false;
    }
    report({ type: "incoming", ...message });
    return true;
  }

  /** Runs at the start of every call: what an event may have missed is looked at again. */
  function catchUp(): void {
    try {
      lookAgain();
    } catch {
      // A page that cannot be looked at must not keep back what is already known.
    }
  }

  function lookAgain(): void {
    adapter.listen({ acked: reportAck, incoming: reportIncoming, added: quiet.stir });
    const now = pageNow();
    if (now - sweptAt >= SWEEP_EVERY_MS && (acks.isWatching() || sends.isAnyHandedOver())) {
      sweptAt = now;
      adapter.sweep(
        (waMessageId) => acks.isAwaited(waMessageId) || sends.isHandedOver(waMessageId),
        (message) => {
          const send = sends.overdue(message.waMessageId);
          if (send !== null && sends.settle(send)) {
            reportOutcome(send.messageId, { type: "in_page", message, alreadyThere: false });
          } else if (acks.isAwaited(message.waMessageId)) {
            reportAck(message);
          }
        },
      );
    }
  }

  function reportOutcome(messageId: string, outcome: SendOutcome): void {
    switch (outcome.type) {
      case "in_page":
        acks.watch(outcome.message);
        report({
          type: "in_page",
          messageId,
          waMessageId: outcome.message.waMessageId,
          chatId: outcome.message.chatId,
          otherChatId: adapter.otherId(outcome.message.chatId),
          ack: outcome.message.ack,
          alreadyThere: outcome.alreadyThere,
        });
        return;
      case "not_on_whatsapp":
        report({ type: "not_on_whatsapp", messageId });
        return;
      case "not_submitted":
        report({ type: "not_submitted", messageId, problem: outcome.problem });
        return;
      case "unclear":
        report({ type: "unclear", messageId, problem: outcome.problem });
        return;
    }
  }

  function send(
    command: { readonly messageId: MessageId; readonly waMessageId: WaMessageId },
    start: (gate: HandoverGate) => Promise<SendOutcome>,
  ): Problem | null {
    const begun = sends.begin(command.messageId, command.waMessageId);
    if ("problem" in begun) {
      return begun.problem;
    }
    if (!begun.fresh) {
      return null;
    }
    const { send } = begun;
    whenSettled(
      start({ handOver: () => sends.handOver(send) }),
      (outcome) => {
        if (sends.settle(send)) {
          reportOutcome(command.messageId, outcome);
        }
      },
      () => {
        if (sends.settle(send)) {
          reportOutcome(command.messageId, sends.failed(send));
        }
      },
    );
    return null;
  }

  function sendFile(command: Extract<BridgeCommand, { type: "send_file" }>): Problem | null {
    const file = files.take(command);
    if ("problem" in file) {
      return file.problem;
    }
    const { waMessageId, phone, caption, kind, fileName, mimeType } = command;
    const { bytes } = file;
    const order = { waMessageId, phone, caption, kind, fileName, mimeType, bytes };
    return send(command, (gate) => adapter.sendFile(order, gate));
  }

  function lookUp(command: Extract<BridgeCommand, { type: "look_up" }>): Problem | null {
    const { messageId, waMessageId } = command;
    files.drop(messageId);
    const withdrawn = sends.withdraw(waMessageId);
    if (withdrawn !== null) {
      reportOutcome(withdrawn.messageId, { type: "not_submitted", problem: WITHDRAWN });
    }
    const unclear = (): void =>
      reportOutcome(messageId, { type: "unclear", problem: LOOK_UP_FAILED });
    whenSettled(
      adapter.lookUp(waMessageId),
      (message) => {
        if (message !== null) {
          reportOutcome(messageId, { type: "in_page", message, alreadyThere: true });
        } else if (sends.isHandedOver(waMessageId)) {
          unclear();
        } else {
          report({ type: "absent", messageId, waMessageId });
        }
      },
      unclear,
    );
    return null;
  }

  function run(command: BridgeCommand): Problem | null {
    switch (command.type) {
      case "send_text":
        return send(command, (gate) => adapter.sendText(command, gate));
      case "file_part":
        return files.add(command);
      case "send_file":
        return sendFile(command);
      case "look_up":
        return lookUp(command);
      case "mark":
        return marker.write(command.marker);
      case "compose":
        return adapter.compose(command.phone, command.text);
      case "use_here":
        return adapter.useHere();
      case "refresh_qr":
        return adapter.refreshQr();
      case "link_by_code":
        return adapter.linkByCode(command.phone);
      case "log_out":
        return adapter.logOut();
    }
  }

  return {
    submit: (json) =>
      answer(() => {
        const request = readRequest(json);
        if ("problem" in request) {
          return refuse(request.problem);
        }
        if (request.generation !== generation) {
          return refuse(OTHER_GENERATION);
        }
        if (log.full()) {
          return refuse(LOG_FULL);
        }
        catchUp();
        const refused = run(request.command);
        return refused === null ? accept(encode({ generation })) : refuse(refused);
      }),
    drain: (afterSeq) =>
      answer(() => {
        if (typeof afterSeq !== "number" || !isInteger(afterSeq) || afterSeq < 0) {
          return refuse(BAD_SEQ);
        }
        log.acknowledge(afterSeq);
        catchUp();
        const { reports, more } = log.next();
        return accept(
          `{"generation":${encode(generation)},"reports":${reports},"more":${encode(more)}}`,
        );
      }),
    adopt: () =>
      answer(() => (adapter.adopt() ? accept(encode({ generation })) : refuse(NO_LIBRARY))),
    probe: () =>
      answer(() => {
        catchUp();
        const look = adapter.look();
        return accept(
          encode({
            generation,
            adapter: look.adapter,
            pageVersion: look.pageVersion,
            state: look.state,
            dialog: look.dialog,
            qr: look.qr,
            qrExpired: look.qrExpired,
            pairingCode: look.pairingCode,
            account: look.account,
            marker: marker.read(),
            missing: look.missing,
            quietMs: quiet.sinceMs(look.state === "connected", pageNow()),
            lastSeq: log.lastSeq(),
          }),
        );
      }),
  };
}

const OTHER_GENERATION = problem(
  "fenced",
  "The page was loaded anew before the command arrived. Nothing was sent by it.",
);
const LOG_FULL = problem(
  "too_many_requests",
  "The page's script holds too many reports that were not fetched. Nothing was sent by this command; it may be given again.",
);
const NO_LIBRARY = problem(
  "not_now",
  "The library wa-js is not in the page. Nothing was changed; put it in and ask again.",
);
const BAD_SEQ = problem("bad_request", "A report number is a whole number from 0.");
const WITHDRAWN = problem(
  "not_now",
  "The send was withdrawn before it reached WhatsApp, because its id was looked up. Nothing was sent; it may be given again.",
);
const LOOK_UP_FAILED = problem(
  "fate_unknown",
  "The page cannot tell whether it has the message. Nothing is sent again before that is known.",
);
const BROKEN = `{"ok":false,"problem":${encode(
  problem(
    "page_unresponsive",
    "The script in the page failed. Nothing more is sent through this page until it is loaded anew.",
  ),
)}}`;

function accept(value: string): string {
  return `{"ok":true,"value":${value}}`;
}

function refuse(why: Problem): string {
  return `{"ok":false,"problem":${encode(why)}}`;
}

function answer(work: () => string): string {
  try {
    return work();
  } catch {
    return BROKEN;
  }
}
