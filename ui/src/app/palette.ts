/** What the palette offers, as a pure function of the snapshot. */
import { fold, matches } from "../lib/fold";
import { phone } from "../lib/format";
import type { GuardView, OfficeView, Order, SdrView } from "../lib/office";
import { rightsOf } from "../lib/rights";
import { statusOf } from "../lib/status";
import type { Confirmed, IconName, StateWords } from "../lib/words";

export type PaletteAct =
  | { does: "show"; sdrId: string }
  | { does: "order"; sdrId: string; order: Order }
  | { does: "ask"; sdrId: string; what: Confirmed }
  | { does: "review"; sdrId: string }
  | { does: "sign_in" }
  | { does: "pause_all" }
  | { does: "look_for_packs" }
  | { does: "panel" }
  | { does: "lock" };

export type PaletteEntry = {
  id: string;
  label: string;
  detail: string;
  icon: IconName;
  status: StateWords | null;
  hint: string;
  act: PaletteAct;
};

function showEntry(sdr: SdrView, index: number): PaletteEntry {
  return {
    id: `show-${sdr.id}`,
    label: sdr.name,
    detail: sdr.phone ? phone(sdr.phone) : sdr.email,
    icon: "chat",
    status: statusOf(sdr),
    hint: index < 9 ? `Ctrl ${index + 1}` : "",
    act: { does: "show", sdrId: sdr.id },
  };
}

function orderEntries(guard: GuardView, sdr: SdrView): PaletteEntry[] {
  const can = rightsOf(guard, sdr);
  const entry = (wanted: boolean, verb: string, icon: IconName, act: PaletteAct): PaletteEntry[] =>
    wanted
      ? [
          {
            id: `${verb}-${sdr.id}`,
            label: `${verb} ${sdr.name}`,
            detail: "",
            icon,
            status: null,
            hint: "",
            act,
          },
        ]
      : [];
  const order = (what: Order): PaletteAct => ({ does: "order", sdrId: sdr.id, order: what });
  return [
    ...entry(can.open && sdr.review > 0, "Decide for", "question", {
      does: "review",
      sdrId: sdr.id,
    }),
    ...entry(can.open && sdr.elsewhere !== null, "Send from here for", "windows", {
      does: "ask",
      sdrId: sdr.id,
      what: "take_over",
    }),
    ...entry(can.connect, "Connect", "plug", order("connect")),
    ...entry(can.pause, "Pause", "pause", order("pause")),
    ...entry(can.resume, "Resume", "play", order("resume")),
    ...entry(can.refreshQr, "New QR code for", "qr", order("refresh_qr")),
    ...entry(can.reload, "Reload WhatsApp of", "refresh", order("reload")),
    ...entry(can.disconnect, "Disconnect", "unplug", order("disconnect")),
    ...entry(can.unlink, "Unlink", "unlink", { does: "ask", sdrId: sdr.id, what: "unlink" }),
    ...entry(can.remove, "Remove", "trash", { does: "ask", sdrId: sdr.id, what: "remove" }),
  ];
}

const OFFICE: PaletteEntry[] = [
  {
    id: "lock",
    label: "Lock",
    detail: "",
    icon: "lock",
    status: null,
    hint: "Ctrl L",
    act: { does: "lock" },
  },
  {
    id: "sign-in",
    label: "Sign in an SDR",
    detail: "",
    icon: "user-plus",
    status: null,
    hint: "",
    act: { does: "sign_in" },
  },
  {
    id: "pause-all",
    label: "Pause everyone",
    detail: "",
    icon: "pause",
    status: null,
    hint: "",
    act: { does: "pause_all" },
  },
  {
    id: "look-for-packs",
    label: "Look for new WhatsApp adapters",
    detail: "",
    icon: "refresh",
    status: null,
    hint: "",
    act: { does: "look_for_packs" },
  },
  {
    id: "panel",
    label: "Show or hide activity",
    detail: "",
    icon: "panel",
    status: null,
    hint: "",
    act: { does: "panel" },
  },
];

/** Entries for what was typed: every word must occur; an SDR is found by name, number or e-mail. */
export function paletteEntries(view: OfficeView, typed: string): PaletteEntry[] {
  const digits = typed.replace(/\D/g, "");
  const people = view.sdrs
    .map((sdr, index) => ({ sdr, entry: showEntry(sdr, index) }))
    .filter(
      ({ sdr, entry }) =>
        matches(`${sdr.name} ${sdr.email} ${entry.detail}`, typed) ||
        (digits.length >= 3 && (sdr.phone ?? "").includes(digits)),
    )
    .map(({ entry }) => entry);
  const orders =
    fold(typed).trim() !== "" ? view.sdrs.flatMap((sdr) => orderEntries(view.guard, sdr)) : [];
  const office = OFFICE.filter(({ id }) => id !== "lock" || view.guard.type !== "nobody");
  return [...people, ...[...orders, ...office].filter((entry) => matches(entry.label, typed))];
}
