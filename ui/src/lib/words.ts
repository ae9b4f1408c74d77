/**
 * Every word for every state and problem: one tone, in one file. States are exhaustive by the compiler;
 * problem codes are open (a newer version may know more), so tests/words.test.ts holds them to the Rust enum.
 */
import type { IconName } from "./components/icons";
import type { Capability, MessageState, Order, ProblemCode, SessionState } from "./office";

export type { IconName } from "./components/icons";

/** The colour family of a state. */
export type Tone = "ok" | "busy" | "wait" | "bad" | "off";

export type StateWords = { label: string; sentence: string; tone: Tone; icon: IconName };

/** What is said of a session in this state. */
export function sessionWords(state: SessionState): StateWords {
  switch (state) {
    case "closed":
      return {
        label: "Not connected",
        sentence: "Messages wait in the queue until you connect.",
        tone: "off",
        icon: "unplug",
      };
    case "starting":
      return {
        label: "Starting",
        sentence: "WhatsApp Web is loading.",
        tone: "busy",
        icon: "sync",
      };
    case "qr":
      return {
        label: "Scan the QR code",
        sentence: "On the phone: WhatsApp, Linked devices, Link a device.",
        tone: "wait",
        icon: "qr",
      };
    case "pairing_code":
      return {
        label: "Enter the pairing code",
        sentence: "Type the code from this page into WhatsApp on the phone.",
        tone: "wait",
        icon: "key",
      };
    case "passkey":
      return {
        label: "Passkey needed",
        sentence:
          "WhatsApp asks for a passkey. Confirm it on the phone, or use Hotdesk on Windows.",
        tone: "wait",
        icon: "key",
      };
    case "syncing":
      return {
        label: "Syncing",
        sentence: "Linked. WhatsApp is fetching the chats; sending starts on its own.",
        tone: "busy",
        icon: "sync",
      };
    case "connected":
      return {
        label: "Connected",
        sentence: "Ready. New messages leave as they arrive.",
        tone: "ok",
        icon: "check",
      };
    case "offline":
      return {
        label: "No connection",
        sentence: "WhatsApp cannot be reached. It reconnects on its own; nothing is lost.",
        tone: "wait",
        icon: "cloud-off",
      };
    case "conflict":
      return {
        label: "Open elsewhere",
        sentence: "This account is open in another WhatsApp Web. “Use here” takes it back.",
        tone: "wait",
        icon: "windows",
      };
    case "needs_update":
      return {
        label: "Updating",
        sentence: "WhatsApp wants to reload its page. Sending goes on afterwards.",
        tone: "busy",
        icon: "refresh",
      };
    case "logged_out":
      return {
        label: "Logged out",
        sentence: "The link was removed. Scan a new QR code; reload WhatsApp if none appears.",
        tone: "wait",
        icon: "user-x",
      };
    case "crashed":
      return {
        label: "Restarting",
        sentence: "The page closed unexpectedly and is coming back. Nothing is sent twice.",
        tone: "busy",
        icon: "refresh",
      };
    case "hibernated":
      return {
        label: "Asleep",
        sentence: "Saving memory. A new message or a click wakes it.",
        tone: "off",
        icon: "moon",
      };
    case "stopped":
      return {
        label: "Stopped",
        sentence: "Sending stopped. Messages wait in the queue.",
        tone: "bad",
        icon: "stop",
      };
  }
}

/** What is said of a session that a person paused. */
export const PAUSED: StateWords = {
  label: "Paused",
  sentence: "Nothing new is sent until you resume. Messages wait in the queue.",
  tone: "wait",
  icon: "pause",
};

/** What is said of a session whose SDR is active on another desktop. */
export const ELSEWHERE: StateWords = {
  label: "Active elsewhere",
  sentence: "Nothing is sent from here. What was begun here is finished.",
  tone: "off",
  icon: "windows",
};

/** Where an SDR is active instead of here. */
export const elsewhereWords = {
  line: (name: string, where: string, since: string) =>
    `${name} is active on ${where} since ${since}. Nothing is sent from here.`,
  unnamed: "another desktop",
  tile: (where: string) => `Active on ${where}`,
  tileNext: "Nothing is sent from here.",
  take: "Send from here",
  taking: "Taking over…",
} as const;

/** What is said while the page's usual way has failed and wa-js has not yet found its own. */
export const TRYING_OTHER_WAY: StateWords = {
  label: "Trying another way",
  sentence: "WhatsApp Web has changed; another way is being tried. Messages wait in the queue.",
  tone: "busy",
  icon: "sync",
};

/** What Hotdesk does with a page, each as something that can be missing. */
export function capabilityWords(capability: Capability): string {
  switch (capability) {
    case "state":
      return "the session’s state";
    case "qr":
      return "the QR code";
    case "exists":
      return "finding a number";
    case "send_text":
      return "sending texts";
    case "acks":
      return "ticks";
    case "incoming":
      return "answers";
    case "look_up":
      return "finding a message again";
    case "send_file":
      return "sending files";
  }
}

/** The way by which Hotdesk works with a page, where it is not the usual one. */
export function adapterWords(adapter: string | null): { label: string; title: string } | null {
  switch (adapter) {
    case null:
    case "modules":
      return null;
    case "wa-js":
      return {
        label: "by wa-js",
        title: "WhatsApp Web has changed; the library wa-js serves this page",
      };
    case "page":
      return {
        label: "by sight",
        title: "WhatsApp Web has changed; only what the page shows can be read",
      };
    default:
      return { label: `by ${adapter}`, title: "Another way than the usual one serves this page" };
  }
}

/** What is said before the first snapshot. */
export const STARTING = {
  title: "Starting Hotdesk",
  text: "Reading the last known state of every SDR.",
  failed: "Hotdesk did not start",
  failedText:
    "The window got no answer from the sender. Nothing was lost. Quit Hotdesk and start it again.",
} as const;

/** What a first connection brings. */
export const LINK_FIRST =
  "Connect opens WhatsApp Web here with a QR code. Scan it with this SDR’s phone, once.";

/** What is said when the server no longer knows the SDR's token. */
export const SIGNED_OUT: StateWords = {
  label: "Signed out",
  sentence: "The queue server ended this sign-in. Sign in again to go on.",
  tone: "bad",
  icon: "lock",
};

/** What is said of a message in this state. */
export function messageWords(state: MessageState): StateWords {
  switch (state) {
    case "queued":
      return { label: "Queued", sentence: "Waits its turn.", tone: "off", icon: "clock" };
    case "leased":
      return { label: "Queued", sentence: "Next on this machine.", tone: "off", icon: "clock" };
    case "begun":
      return { label: "Sending", sentence: "Being sent now.", tone: "busy", icon: "send" };
    case "sent":
      return { label: "Sent", sentence: "WhatsApp has it.", tone: "busy", icon: "check" };
    case "delivered":
      return {
        label: "Delivered",
        sentence: "On the lead’s phone.",
        tone: "ok",
        icon: "check-double",
      };
    case "read":
      return { label: "Read", sentence: "The lead has read it.", tone: "ok", icon: "eye" };
    case "failed":
      return { label: "Failed", sentence: "It was not sent.", tone: "bad", icon: "alert" };
    case "dead":
      return {
        label: "Given up",
        sentence: "It never began after several tries and was not sent.",
        tone: "bad",
        icon: "alert",
      };
    case "cancelled":
      return {
        label: "Cancelled",
        sentence: "Withdrawn before it was sent.",
        tone: "off",
        icon: "minus",
      };
    case "review":
      return {
        label: "Needs a decision",
        sentence: "It may have been sent. You decide; it is never sent again by itself.",
        tone: "wait",
        icon: "question",
      };
  }
}

/** A button that helps against a problem: an order to the agent, or the sign-in dialog. */
export type Remedy = { label: string; does: Order | "sign_in" } | null;

export type ProblemWords = { title: string; next: string; remedy: Remedy };

const TRY_AGAIN: Remedy = { label: "Try again", does: "resume" };
const RELOAD: Remedy = { label: "Reload WhatsApp", does: "reload" };
const RELINK: Remedy = { label: "Unlink and link again", does: "unlink" };
const SIGN_IN: Remedy = { label: "Sign in again", does: "sign_in" };

/** The button that helps a session that stands like this, whatever else is wrong. */
export function stateRemedy(state: SessionState, pageOpen: boolean): Remedy {
  switch (state) {
    case "closed":
      return { label: "Connect", does: "connect" };
    case "hibernated":
      return { label: "Wake up", does: "connect" };
    case "logged_out":
      return pageOpen ? RELOAD : { label: "Connect", does: "connect" };
    case "conflict":
      return { label: "Use here", does: "use_here" };
    case "offline":
    case "needs_update":
      return RELOAD;
    case "stopped":
      return TRY_AGAIN;
    case "starting":
    case "qr":
    case "pairing_code":
    case "passkey":
    case "syncing":
    case "connected":
    case "crashed":
      return null;
  }
}

/** What is said of sending by hand. */
export const ASSIST = {
  offer: "Send the next by hand",
  offered: "Opens the next lead’s chat with the text in it. You press Send.",
  preparing: "Opening the next lead’s chat…",
  waiting: (name: string, phone: string) =>
    `Message for ${name} (${phone}): check it on the page, press Send there, then say so here.`,
  sent: "I sent it",
  notSent: "I did not send it",
  unsure: "I cannot say",
} as const;

/** A short title for a problem and what to do next; the problem's own message says what happened. */
export function problemWords(code: ProblemCode): ProblemWords {
  switch (code) {
    case "bad_request":
      return words("Request refused", "Check what was entered and try again.", null);
    case "wrong_credentials":
      return words("Wrong e-mail or password", "Check both and try again.", null);
    case "wrong_pin":
      return words("Wrong PIN", "Try it again, or use the password.", null);
    case "locked":
      return words("Locked", "Unlock this SDR first; nothing is lost.", null);
    case "unauthorized":
      return words("Signed out", "Sign in again; waiting messages stay in the queue.", SIGN_IN);
    case "forbidden":
      return words("Not allowed", "Ask a manager for access.", null);
    case "not_found":
      return words("Not found", "It may have been removed at the server.", null);
    case "fenced":
      return words("Taken over", "Another desktop has this message; nothing to do here.", null);
    case "cancelled":
      return words("Cancelled", "It was withdrawn before it was sent; nothing to do.", null);
    case "opted_out":
      return words("Lead opted out", "The number is blocked; nothing to do.", null);
    case "not_now":
      return words("Waiting for sending hours", "It goes on by itself; nothing is lost.", null);
    case "too_many_requests":
      return words("Server busy", "It goes on by itself in a moment.", null);
    case "server_error":
      return words("Server fault", "It is retried by itself. Tell the office if it stays.", null);
    case "unreachable":
      return words("Server not reachable", "Check the network. It is retried by itself.", null);
    case "bad_answer":
      return words("Unreadable answer", "Nothing was sent. Tell whoever runs the server.", null);
    case "wrong_sdr":
      return words("Wrong SDR’s message refused", "It was not sent. Tell a manager.", TRY_AGAIN);
    case "bad_phone":
      return words("Bad phone number", "Correct the lead’s number and queue it again.", null);
    case "bad_text":
      return words("Bad message text", "Correct the text and queue it again.", null);
    case "bad_file":
      return words(
        "File cannot be sent",
        "Give the message another file and queue it again.",
        null,
      );
    case "not_on_whatsapp":
      return words("Not on WhatsApp", "Check the number, or reach the lead another way.", null);
    case "whatsapp_refused":
      return words("WhatsApp refused", "Wait a while and look at the account first.", TRY_AGAIN);
    case "ack_stuck":
      return words("No confirmation", "Check the phone’s connection, then reload.", RELOAD);
    case "fate_unknown":
      return words(
        "Needs a decision",
        "Look in the chat on the phone whether it left, then decide.",
        null,
      );
    case "self_test_failed":
      return words(
        "WhatsApp changed",
        "Reload once. If it stays, Hotdesk needs an update.",
        RELOAD,
      );
    case "trying_other_way":
      return words("WhatsApp Web has changed", "Another way is being tried; messages wait.", null);
    case "page_slow":
      return words("WhatsApp loads slowly", "Check the network, or reload it now.", RELOAD);
    case "page_unresponsive":
      return words("Page does not answer", "Reload it; nothing is sent twice.", RELOAD);
    case "page_crashed":
      return words("Page kept closing", "Reload it; nothing is sent twice.", RELOAD);
    case "wrong_account":
      return words("Another number was linked", "Link the SDR’s own phone again.", RELINK);
    case "store_failed":
      return words("Cannot save", "Free some disk space, then try again.", TRY_AGAIN);
    case "keychain_failed":
      return words(
        "Keyring locked",
        "Unlock this computer’s keyring, then start Hotdesk again.",
        null,
      );
    case "bad_config":
      return words("Bad setting", "Correct the configuration and start Hotdesk again.", null);
    case "pack_refused":
      return words("Adapter pack refused", "The adapters in use go on; nothing was changed.", null);
    case "pack_failed":
      return words("Adapter pack taken back", "The adapters before it serve again.", null);
    case "other_desktop":
      return words("In use elsewhere", "Disconnect the other desktop, then try again.", TRY_AGAIN);
    default:
      return words("Something went wrong", "Try again. If it stays, update Hotdesk.", TRY_AGAIN);
  }
}

function words(title: string, next: string, remedy: Remedy): ProblemWords {
  return { title, next, remedy };
}

/** What a confirmation says: what is deleted, and what is not. */
export type ConfirmWords = {
  title: string;
  text: string;
  goneTitle: string;
  gone: readonly string[];
  stays: readonly string[];
  button: string;
};

/** What a person is asked about before it is done. */
export type Confirmed = "unlink" | "remove" | "take_over";

/** The words of the confirmations; `where` is the other desktop. */
export function confirmWords(
  kind: Confirmed,
  name: string,
  where: string = elsewhereWords.unnamed,
): ConfirmWords {
  switch (kind) {
    case "take_over":
      return {
        title: `Send for ${name} from here?`,
        text: `${name} becomes active on this machine, and no longer on ${where}.`,
        goneTitle: "What changes",
        gone: [
          `Waiting messages go out from here, no longer from ${where}`,
          `To send from ${where} again, somebody takes over there`,
        ],
        stays: [
          `A message that ${where} has begun is finished and reported there`,
          "No message is sent twice",
          "The link to WhatsApp, on both machines",
        ],
        button: "Send from here",
      };
    case "unlink":
      return {
        title: `Unlink ${name}’s WhatsApp?`,
        text: "This machine is taken off the phone’s list of linked devices.",
        goneTitle: "What ends",
        gone: [
          "The link between this machine and the WhatsApp account",
          "Sending, until a new QR code is scanned",
        ],
        stays: [
          "The account and its chats on the phone",
          "Waiting messages, in the queue",
          "The sign-in here",
        ],
        button: "Unlink",
      };
    case "remove":
      return {
        title: `Remove ${name} from this machine?`,
        text: "To come back, sign in again and scan a new QR code.",
        goneTitle: "What is deleted here",
        gone: [
          "The WhatsApp profile: its link, chats and files on this machine",
          "The sign-in, and the local record of messages",
        ],
        stays: [
          "The account and its chats on the phone",
          "Waiting messages and their history, at the queue server",
          "Everyone else on this machine",
        ],
        button: "Remove from this machine",
      };
  }
}

/** What is said of a session that somebody has to unlock. */
export const LOCK = {
  title: (name: string) => `${name} is locked`,
  behind: "Sending goes on behind the lock. The page and the messages show once it is unlocked.",
  paused: "Sending is paused. The page and the messages show once it is unlocked.",
  strict: "Nothing is sent until it is unlocked. Messages wait in the queue; none is lost.",
  pin: "PIN",
  yourPin: "Your PIN",
  unlock: "Unlock",
  byPassword: "Unlock with the password",
  tooShort: "A PIN has 6 to 12 digits.",
  noPin: "There is no PIN that opens it: none was chosen, or it was wrong five times.",
  signedOut: "The queue server no longer knows this sign-in. The password brings it back.",
  now: "Lock (Ctrl L)",
  manager: (name: string) => `${name}, manager: states and counts only.`,
} as const;

/** What is said of an SDR whose data is closed until they unlock. */
export const SEALED: StateWords = {
  label: "Locked, not sending",
  sentence: "Messages wait in the queue until this SDR unlocks.",
  tone: "off",
  icon: "lock",
};

/** The words of turning strict mode on, or off again where it is on. */
export function strictWords(on: boolean) {
  return on
    ? {
        item: "Keep sending while locked…",
        title: "Keep sending while locked?",
        text: "From now on your messages leave also while your session is locked and after a restart of this machine.",
        more: null,
        button: "Keep sending",
      }
    : {
        item: "Stop sending while locked…",
        title: "Stop sending while locked?",
        text: "Whenever your session locks, WhatsApp closes and nothing is sent until you unlock it yourself, also after a restart. Messages wait in the queue; none is lost.",
        more: "What Hotdesk keeps of you on this machine is then readable with your PIN only. If you forget it, the password opens it.",
        button: "Stop while locked",
      };
}

/** The words before anything starts, on a machine without a keyring. */
export const PASSPHRASE = {
  choose: "Choose a passphrase",
  chooseText:
    "This computer has no keyring to keep the key of Hotdesk’s database in, so the key is made from a passphrase. It is one for this machine, not for an SDR.",
  facts: [
    "It has to be typed at every start; until then nothing is sent.",
    "It cannot be recovered. Without it, all SDRs have to be signed in and linked again.",
  ],
  enter: "Enter the passphrase",
  enterText:
    "Hotdesk was set up on this machine with a passphrase. Nothing is sent until it is typed.",
  label: "Passphrase of this machine",
  newLabel: "New passphrase, at least 12 characters",
  again: "The same again",
  empty: "Enter the passphrase of this machine.",
  tooShort:
    "A passphrase has at least 12 characters. A few words that do not belong together are best.",
  differ: "The two passphrases are not the same. Type the second one again.",
  save: "Set up Hotdesk",
  open: "Open Hotdesk",
  busy: "Opening…",
  why: (reason: string) =>
    `If this computer has a keyring, close Hotdesk, unlock it, and start again: then no passphrase is needed. The system says: ${reason}.`,
} as const;

/** The words of choosing a PIN. */
export const CHOOSE_PIN = {
  title: "Choose a PIN",
  text: "It unlocks your session on this machine. Others who use it cannot see your chats without it.",
  current: "Your PIN until now",
  pin: "New PIN, 6 to 12 digits",
  again: "The same again",
  differ: "The two PINs are not the same. Type the second one again.",
  later: "Later",
  save: "Save PIN",
} as const;
