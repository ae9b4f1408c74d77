// What the fake server answers: an office of five SDRs with a hundred thousand leads, the same at each run.

export const NOW = Date.now();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const SESSION = {
  person: { id: "mia", name: "Mia Tavares", email: "mia@hotdesk.example", role: "manager" },
  csrfToken: "c5rf-of-the-fixtures",
  endsAtMs: NOW + 12 * HOUR,
};

function sdr(id, name, session, more = {}) {
  const linked = session && {
    state: "connected",
    connected: true,
    phone: null,
    connectedAtMs: NOW - 3 * HOUR,
    adapterId: "modules",
    adapterPack: "built-in 1",
    problem: null,
    lastSeenMs: NOW - 20_000,
    ...session,
  };
  return {
    id,
    name,
    email: `${id}@hotdesk.example`,
    session: linked,
    activeDesktop: { desktopId: "d-7f", name: "Front desk", sinceMs: NOW - 4 * HOUR },
    paused: false,
    inFlight: 0,
    appVersion: "0.1.0",
    counts: { queued: 0, sentToday: 0, review: 0 },
    online: true,
    wish: null,
    ...more,
  };
}

export const SDRS = [
  sdr(
    "john",
    "John Almeida",
    { phone: "+5511960000001" },
    {
      counts: { queued: 42, sentToday: 18, review: 0 },
    },
  ),
  sdr(
    "jane",
    "Jane Okafor",
    { phone: "+5521970000002", adapterPack: "7" },
    {
      counts: { queued: 17, sentToday: 31, review: 2 },
      activeDesktop: { desktopId: "d-2c", name: "Sales room 2", sinceMs: NOW - 26 * HOUR },
    },
  ),
  sdr(
    "bob",
    "Bob Ferreira",
    { state: "logged_out", connected: false, connectedAtMs: null },
    {
      counts: { queued: 8, sentToday: 0, review: 1 },
    },
  ),
  sdr(
    "ines",
    "Inês Carvalho",
    { phone: "+351912000004" },
    {
      paused: true,
      counts: { queued: 25, sentToday: 9, review: 0 },
    },
  ),
  sdr("lucas", "Lucas Prado", null, {
    activeDesktop: null,
    appVersion: null,
    online: false,
  }),
];

const FIRST =
  "Ana Bruno Carla Diego Elisa Fábio Gabriela Hugo Iara Jonas Kátia Leandro Mônica Nuno Olívia Paulo Rita Sérgio Tânia Vítor".split(
    " ",
  );
const LAST =
  "Almeida Barros Cardoso Duarte Esteves Fonseca Gomes Horta Lima Moraes Nogueira Ortiz Pinto Queiroz Ramos Souza Teixeira Vieira".split(
    " ",
  );
const FIRMS =
  "Padaria Aurora|Ótica Central|Mercado Bom Dia|Clínica Vida|Oficina do Zé|Livraria Ponto|Academia Fôlego|Hotel Mirante|Café Serra|Estúdio Linha".split(
    "|",
  );
const ROLES = ["Owner", "Manager", "Buyer", null, "Director"];
const STATUSES = [
  "sent",
  "replied",
  "queued",
  "new",
  "sent",
  "failed",
  "new",
  "sent",
  "opted_out",
  "review",
];
export const TOTAL = 100_000;

/** The lead at this place of the list. */
export function lead(index) {
  const status = STATUSES[(index * 7) % STATUSES.length];
  const fresh = status === "new";
  return {
    id: `l-${index}`,
    name: `${FIRST[(index * 3) % FIRST.length]} ${LAST[(index * 5) % LAST.length]}`,
    phone: `+55${11 + (index % 8)}9${String(60000000 + index * 37).slice(0, 8)}`,
    company: FIRMS[(index * 3) % FIRMS.length],
    position: ROLES[index % ROLES.length],
    site: index % 3 === 0 ? "https://example.com" : null,
    pain: index % 2 === 0 ? "Loses orders that come in after hours" : null,
    consent: index % 11 === 10 ? null : "asked at the fair, 12 May",
    sdrId: index % 9 === 4 ? null : SDRS[index % 4].id,
    status,
    createdAtMs: NOW - (index % 40) * 7 * HOUR - 9 * MINUTE,
    lastMessageAtMs: fresh ? null : NOW - (index % 30) * 3 * HOUR - 4 * MINUTE,
    messages: fresh ? 0 : 1 + (index % 2),
    replies: status === "replied" ? 1 : 0,
    optedOut: status === "opted_out",
    timeZone: index % 7 === 2 ? "America/Manaus" : null,
    zones:
      index % 7 === 2
        ? ["America/Manaus"]
        : index % 5 === 0
          ? ["America/Manaus", "America/Eirunepe", "America/Porto_Velho", "America/Sao_Paulo"]
          : ["America/Sao_Paulo"],
  };
}

const TEXT = (name) =>
  `Hello ${name.split(" ")[0]}, this is John of Almar. Your orders after six, who takes them? We could show you in ten minutes. If you would rather not hear from us, answer “stop”.`;
const STATES = [
  "queued",
  "leased",
  "begun",
  "delivered",
  "read",
  "sent",
  "read",
  "failed",
  "delivered",
  "dead",
  "review",
  "cancelled",
];
const WAY = ["queued", "leased", "begun", "sent", "delivered", "read"];
const CAUSES = ["enqueued", "claimed", "begun", "reported", "reported", "reported"];

function steps(state, createdAtMs) {
  const end = WAY.indexOf(state);
  const way =
    end >= 0
      ? WAY.slice(0, end + 1)
      : ["queued", "leased", ...(state === "cancelled" ? [] : ["begun"])];
  const events = way.map((to, at) => ({
    from: at === 0 ? null : way[at - 1],
    to,
    cause: CAUSES[at],
    at,
  }));
  const cause = {
    failed: "reported",
    review: "reported",
    dead: "given_up",
    cancelled: "cancelled",
  }[state];
  if (cause) events.push({ from: way.at(-1), to: state, cause, at: way.length });
  return events.map(({ from, to, cause: why, at }) => ({
    seq: at + 1,
    atMs: createdAtMs + at * 47_000,
    from,
    to,
    cause: why,
    generation: 0,
    desktopId: at === 0 || why === "cancelled" ? null : "d-7f",
    personId: at === 0 || why === "cancelled" ? "mia" : null,
    reportedAtMs: null,
    waMessageId: null,
    note: why === "cancelled" ? "Called instead" : null,
    previous: "0".repeat(64),
    hash: "a".repeat(64),
  }));
}

const PROBLEM = {
  failed: { code: "not_on_whatsapp", message: "This number is not on WhatsApp. Nothing was sent." },
  dead: { code: "unreachable", message: "No desktop began it in five tries. It was not sent." },
  review: {
    code: "fate_unknown",
    message: "The page closed in the middle of sending it, and it was not found afterwards.",
  },
};

/** The message at this place, newest first. */
export function message(index) {
  const to = lead(index);
  const state = STATES[index % STATES.length];
  const createdAtMs = NOW - index * 11 * MINUTE - 5 * MINUTE;
  const events = steps(state, createdAtMs);
  return {
    seq: 10_000 - index,
    messageId: `m-${index}`,
    sdrId: SDRS[index % 4].id,
    leadId: to.id,
    leadName: to.name,
    phone: to.phone,
    text: TEXT(to.name),
    ...(index % 5 === 3 && {
      file: {
        fileId: "f-1",
        kind: "document",
        fileName: "offer.pdf",
        mimeType: "application/pdf",
        sizeBytes: 81_000,
        sha256: "b".repeat(64),
      },
    }),
    state,
    generation: 0,
    attempts: 1,
    desktopId: "d-7f",
    pinnedTo: null,
    waMessageId: null,
    chatId: null,
    problem: PROBLEM[state] ?? null,
    campaignId: index % 4 === 0 ? "c-2" : null,
    createdAtMs,
    sentAtMs: events.find((event) => event.to === "sent")?.atMs ?? null,
    events,
    replies:
      index % 12 === 4
        ? [
            {
              waMessageId: `r-${index}`,
              chatId: "c",
              text: "Yes, Thursday at ten works for me.",
              atMs: createdAtMs + 20 * MINUTE,
            },
          ]
        : [],
  };
}
export const MESSAGES = 400;

export const REVIEW = [10, 22, 34].map((index, at) => {
  const { seq, messageId, leadId, leadName, phone, text, file } = message(index);
  const whose = SDRS[at === 2 ? 2 : 1];
  return {
    seq,
    messageId,
    leadId,
    leadName,
    phone,
    text,
    ...(file && { file }),
    sdrId: whose.id,
    sdrName: whose.name,
    generation: 0,
    attempts: 1,
    sinceMs: NOW - (2 + at) * HOUR,
    begunAtMs: NOW - (3 + at) * HOUR,
    desktopId: whose.activeDesktop.desktopId,
    profileEpoch: "p-1",
    waMessageId: "3EB0",
    problem: PROBLEM.review,
    session: { connected: at !== 2, state: at === 2 ? "logged_out" : "connected" },
    sessionSeenAtMs: NOW - 5 * MINUTE,
    facts: [],
  };
});

const ACTS = [
  ["sdr", "sent", "john", null],
  ["sdr", "unlocked", "jane", null],
  ["manager", "leads_assigned", "jane", "412 leads"],
  ["sdr", "paused", "ines", null],
  ["manager", "exported", "john", null],
  ["nobody", "pin_wrong", "bob", null],
  ["hotdesk", "locked", "bob", "idle"],
  ["sdr", "decided_sent", "jane", null],
  ["manager", "leads_imported", null, "fair-may.csv"],
  ["sdr", "connected", "john", null],
  ["manager", "signed_out_everywhere", "bob", null],
  ["sdr", "took_over", "jane", null],
  ["manager", "settings_changed", null, "messages a day: 60 -> 80"],
];
export const AUDIT = Array.from({ length: 60 }, (_, index) => {
  const [actor, act, sdrId, note] = ACTS[index % ACTS.length];
  return {
    seq: 600 - index,
    id: `a-${index}`,
    atMs: NOW - index * 37 * MINUTE - MINUTE,
    sdrId,
    actor,
    who: actor === "manager" ? "Mia Tavares" : null,
    act,
    messageId: ["sent", "exported", "decided_sent"].includes(act) ? `m-${index}` : null,
    note,
    desktopId: actor === "manager" ? null : "d-7f",
    toldBy: sdrId ?? "mia",
    receivedAtMs: NOW - index * 37 * MINUTE,
  };
});

/** The rules: last Christmas and the holidays around this time, as Brazil has them. */
const YEAR = new Date(NOW).getFullYear();
export const SETTINGS = {
  timeZone: "America/Sao_Paulo",
  hours: {
    mode: "weekly",
    days: ["mon", "tue", "wed", "thu", "fri"],
    fromMin: 540,
    toMin: 1_080,
    holidays: [
      `${YEAR - 1}-12-25`,
      `${YEAR}-01-01`,
      `${YEAR}-09-07`,
      `${YEAR}-12-25`,
      `${YEAR + 1}-01-01`,
      `${YEAR + 1}-04-21`,
    ],
  },
  caps: { newLeads: 20, unanswered: 2 },
  dailyMessages: 60,
  gapMs: 45_000,
  officeName: "Almar",
  firstMessage: { required: true },
};

const REASONS = ["Answered “stop”", "Answered “sair”", "Asked by phone", null, "Competitor"];
export const OPT_OUTS = Array.from({ length: 64 }, (_, index) => ({
  phone: `+55${11 + (index % 8)}9${String(81000000 + index * 911).slice(0, 8)}`,
  reason: REASONS[index % REASONS.length],
  atMs: index % 13 === 12 ? 0 : NOW - index * 9 * HOUR - 3 * MINUTE,
  by: index % 3 === 2 ? "mia" : SDRS[index % 4].id,
  byName: index % 3 === 2 ? "Mia Tavares" : SDRS[index % 4].name,
  source: index % 13 === 12 ? null : index % 3 === 2 ? "number" : "message",
}));

/** Figures of so many days that end today. */
export function figures(count, sdrId) {
  const days = [];
  for (let ago = count - 1; ago >= 0; ago -= 1) {
    const at = new Date(NOW - ago * DAY);
    const pad = (n) => String(n).padStart(2, "0");
    const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
    if (at.getDay() === 0 || at.getDay() === 6) continue;
    for (const [place, one] of SDRS.slice(0, 4).entries()) {
      if (sdrId && one.id !== sdrId) continue;
      const sent = 24 + ((ago * 13 + place * 17) % 22) + (place === 1 ? 9 : 0);
      const delivered = Math.round(sent * 0.93);
      const read = Math.round(sent * (0.58 + ((ago + place) % 5) * 0.04));
      days.push({
        day,
        sdrId: one.id,
        sent,
        delivered,
        read,
        replied: Math.round(read * 0.24),
        failed: (ago + place) % 4,
      });
    }
  }
  const sum = (field) => days.reduce((all, one) => all + one[field], 0);
  const failed = sum("failed");
  return {
    days,
    funnel: {
      queued: sum("sent") + failed + 92,
      sent: sum("sent"),
      delivered: sum("delivered"),
      read: sum("read"),
      replied: sum("replied"),
    },
    failures: [
      { code: "not_on_whatsapp", count: Math.round(failed * 0.62) },
      { code: "opted_out", count: Math.round(failed * 0.2) },
      { code: "bad_phone", count: Math.round(failed * 0.12) },
      { code: "whatsapp_refused", count: Math.round(failed * 0.06) },
    ].filter((one) => one.count > 0),
  };
}

export const IMPORT = {
  importId: null,
  rows: 1_284,
  fresh: 1_197,
  known: 71,
  rejectedCount: 16,
  rejected: [
    { line: 18, code: "bad_phone", message: "The phone number is none: too few digits." },
    { line: 44, code: "duplicate", message: "Line 12 has the same number already." },
    { line: 131, code: "do_not_contact", message: "This number must not be written to." },
    { line: 208, code: "no_name", message: "It has no name." },
    ...Array.from({ length: 12 }, (_, at) => ({
      line: 300 + at * 7,
      code: "bad_phone",
      message: "The phone number is none: too few digits.",
    })),
  ],
  preview: Array.from({ length: 20 }, (_, at) => {
    const { name, phone, company, position, site, pain, consent } = lead(at + 200);
    return {
      line: at + 2,
      leadId: null,
      status: null,
      name,
      phone,
      company,
      position,
      site,
      pain,
      consent,
    };
  }),
  columns: ["Nome", "Telefone", "Empresa", "Cargo", "Fuso", "Observações"],
  guessed: {
    Nome: "name",
    Telefone: "phone",
    Empresa: "company",
    Cargo: "position",
    Fuso: "time_zone",
  },
  encoding: "windows-1252",
  separator: ";",
};
