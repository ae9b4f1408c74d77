// Templates and campaigns of the fake server, and what a preview would say.
import { lead, NOW, SDRS, SETTINGS, TOTAL } from "./fixtures.mjs";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIRST =
  "Hello {{first_name}}, this is {{sdr_first_name}} of {{office}}. Orders that come to {{company|your shop}} after six, who takes them? We could show you in ten minutes.\n\nIf you would rather not hear from us, answer SAIR.";
const SECOND =
  "Hi {{first_name}}, {{sdr_first_name}} of {{office}} again: would Thursday at ten suit you?";

const template = (id, name, text, hours) => ({
  id,
  name,
  text,
  variables: [...new Set([...text.matchAll(/\{\{(\w+)/g)].map(([, one]) => one))],
  changedAtMs: NOW - hours * HOUR,
  changedBy: hours > 100 ? "Mia Tavares" : "Rui Sampaio",
});
const TEMPLATES = [
  template("t-1", "First message, bakeries", FIRST, 400),
  template("t-2", "First message, hotels", FIRST.replace("Orders", "Bookings"), 130),
  template("t-3", "Second message", SECOND, 30),
  template("t-4", "After the fair", `Good to meet you at the fair, {{name}}! ${SECOND}`, 3),
];

const COUNTS = {
  waiting: 0,
  queued: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  failed: 0,
  review: 0,
  cancelled: 0,
  skipped: 0,
};
function campaign(id, name, state, hours, counts, skipped, more = {}) {
  const all = { ...COUNTS, ...counts, skipped: skipped.reduce((sum, one) => sum + one.leads, 0) };
  return {
    id,
    name,
    text: FIRST,
    state,
    createdAtMs: NOW - Math.abs(hours) * HOUR - 12 * MINUTE,
    createdBy: "Mia Tavares",
    startsAtMs: NOW - hours * HOUR,
    total: Object.values(all).reduce((sum, n) => sum + n, 0),
    counts: all,
    replied: 0,
    skipped,
    ...more,
  };
}
const SKIPPED = [
  { reason: "opted_out", leads: 3 },
  { reason: "no_consent", leads: 11 },
  { reason: "nobody", leads: 6 },
  { reason: "not_named", leads: 1 },
];
const CAMPAIGNS = [
  campaign("c-1", "Hotels in Bahia", "scheduled", -40, { waiting: 612 }, SKIPPED.slice(0, 2)),
  campaign(
    "c-2",
    "Bakeries, first message",
    "running",
    5,
    { waiting: 40, queued: 118, sent: 22, delivered: 61, read: 129, failed: 6, review: 2 },
    SKIPPED,
    { replied: 31 },
  ),
  campaign("c-3", "To Ana Almeida, 29 Nov", "done", 26, { read: 1 }, [], { replied: 1 }),
  campaign(
    "c-4",
    "After the fair in May",
    "done",
    90,
    { sent: 4, delivered: 38, read: 171, failed: 9 },
    SKIPPED.slice(1, 2),
    { replied: 44 },
  ),
  campaign("c-5", "Gyms", "cancelled", 200, { sent: 2, delivered: 5, cancelled: 92 }, [], {
    createdBy: "Rui Sampaio",
  }),
];

function skipOf(one, text, turn) {
  if (one.optedOut) return "opted_out";
  if (one.consent === null) return "no_consent";
  if (one.sdrId === null && !turn) return "nobody";
  if (text.includes("{{pain}}") && one.pain === null) return "missing_variable";
  if (one.status === "new" && !/SAIR|STOP/.test(text)) return "not_named";
  return null;
}

function filled(one, text, sdr) {
  const values = {
    first_name: one.name.split(" ")[0],
    name: one.name,
    company: one.company,
    position: one.position,
    site: one.site,
    pain: one.pain,
    sdr_first_name: sdr?.name.split(" ")[0],
    sdr_name: sdr?.name,
    office: SETTINGS.officeName,
  };
  return text.replace(/\{\{\s*(\w+)(?:\|([^}]*))?\}\}/g, (_, name, or) => values[name] ?? or ?? "");
}

function matching({ search = "", status, sdrId }) {
  return Array.from({ length: TOTAL }, (_, index) => lead(index))
    .filter(
      (one) =>
        one.name.toLowerCase().includes(search.toLowerCase()) &&
        (!status || one.status === status) &&
        (!sdrId || (one.sdrId ?? "none") === sdrId),
    )
    .map(({ id }) => id)
    .slice(0, 20_000);
}

function preview({ text, to, sdrs, limit = 5 }) {
  const unknown = [...text.matchAll(/\{\{\s*(\w*)/g)].find(
    ([, name]) =>
      !/^(first_name|name|company|position|site|pain|sdr_first_name|sdr_name|office)$/.test(name),
  );
  const none = {
    variables: [],
    total: 0,
    willGet: 0,
    skipped: [],
    missing: [],
    previews: [],
    firstMessages: 0,
  };
  if (unknown) {
    return {
      ...none,
      problems: [`Line 1, column ${unknown.index + 1}: there is no variable “${unknown[1]}”.`],
    };
  }
  const ids = to.leadIds ?? matching(to.filter);
  const turn = Array.isArray(sdrs) ? sdrs : null;
  const reasons = new Map();
  let firstMessages = 0;
  const previews = ids.map((id, index) => {
    const one = lead(Number(id.slice(2)));
    const skipped = skipOf(one, text, turn);
    const sdrId = one.sdrId ?? turn?.[index % turn.length] ?? null;
    if (skipped) reasons.set(skipped, (reasons.get(skipped) ?? 0) + 1);
    else if (one.status === "new") firstMessages += 1;
    const whose = SDRS.find((sdr) => sdr.id === sdrId);
    return {
      leadId: one.id,
      leadName: one.name,
      sdrId,
      text: skipped === null ? filled(one, text, whose) : "",
      skipped,
      missing: skipped === "missing_variable" ? "pain" : null,
    };
  });
  const lacking = previews.filter((one) => one.missing === "pain").length;
  const skipped = [...reasons].map(([reason, leads]) => ({ reason, leads }));
  return {
    ...none,
    problems: [],
    total: ids.length,
    willGet: previews.filter((one) => one.skipped === null).length,
    skipped,
    missing: lacking > 0 ? [{ variable: "pain", leads: lacking }] : [],
    previews: previews.slice(0, limit),
    firstMessages,
  };
}

/** Templates and campaigns of one fake server; answers `[status, body]`, or null where it is no business of theirs. */
export function outreach({ empty }) {
  let templates = empty ? [] : TEMPLATES;
  let campaigns = empty ? [] : CAMPAIGNS;
  return (method, rest, _query, body) => {
    const [what, id, act] = rest.split("/");
    if (what === "templates") {
      if (method === "GET") return [200, { templates }];
      if (method === "DELETE") {
        templates = templates.filter((one) => one.id !== id);
        return [204];
      }
      const { name, text } = JSON.parse(body);
      if (templates.some((one) => one.id !== id && one.name.toLowerCase() === name.toLowerCase())) {
        return [
          409,
          { code: "bad_request", message: "Another template has this name. Nothing was changed." },
        ];
      }
      const kept = template(id ?? "t-9", name, text, 0);
      templates = [...templates.filter((one) => one.id !== kept.id), kept];
      return [id ? 200 : 201, kept];
    }
    if (what !== "campaigns") return null;
    if (id === "preview") return [200, preview(JSON.parse(body))];
    if (method === "POST" && !id) {
      const asked = JSON.parse(body);
      const { willGet, skipped } = preview(asked);
      const later = asked.startsAtMs !== null;
      const made = campaign(
        asked.campaignId,
        asked.name,
        later ? "scheduled" : "running",
        0,
        { waiting: willGet },
        skipped,
        { text: asked.text, startsAtMs: asked.startsAtMs ?? NOW },
      );
      campaigns = [made, ...campaigns];
      return [201, made];
    }
    if (!id) return [200, { campaigns, next: null }];
    const found = campaigns.find((one) => one.id === id);
    if (!found) return [404, { code: "not_found", message: "There is no campaign with this id." }];
    if (act === "cancel") {
      const { waiting, queued, cancelled } = found.counts;
      const counts = {
        ...found.counts,
        waiting: 0,
        queued: 0,
        cancelled: cancelled + waiting + queued,
      };
      const done = { ...found, state: "cancelled", counts };
      campaigns = campaigns.map((one) => (one.id === id ? done : one));
      return [200, done];
    }
    return [200, found];
  };
}
