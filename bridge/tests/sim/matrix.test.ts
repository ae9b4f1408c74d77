import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fileOrder, parts } from "../parts";
import { lackingWithout, MODULES } from "./module-faults";
import { Profile, Rehearsal } from "./rehearsal";

const JOHN = "+5511960000001";
const LEAD = "+5511970000001";
let ids = 0;

/** The faults a module can have, as the rehearsal's knobs for it. */
const FAULTS: readonly [string, (module: string) => object][] = [
  ["renamed", (module) => ({ renameModules: { [module]: `${module}V2` } })],
  ["dropped", (module) => ({ dropModules: [module] })],
  ["broken", (module) => ({ throwModules: [module] })],
];
const NO_FAULT = { renameModules: {}, dropModules: [], throwModules: [] };

const CASES = FAULTS.flatMap(([fault, knobs]) =>
  MODULES.map((module) => ({
    module,
    fault,
    knobs: knobs(module),
    lacking: lackingWithout(module),
  })),
);
const FILES_ONLY = CASES.filter(({ lacking }) => lacking.join() === "send_file");
const NEEDED = CASES.filter((fault) => fault.lacking.length > 0 && !FILES_ONLY.includes(fault));
const SPARED = CASES.filter(({ lacking }) => lacking.length === 0);

describe("with one module of WhatsApp's at fault", () => {
  let rehearsal: Rehearsal;
  let profile: Profile;

  beforeAll(async () => {
    rehearsal = await Rehearsal.start();
    profile = await Profile.open(rehearsal);
    await profile.link(rehearsal, JOHN);
  });

  afterEach(async () => {
    await rehearsal.post("knobs", NO_FAULT);
  });

  afterAll(async () => {
    await profile.close();
    await rehearsal.end();
  });

  function order() {
    ids += 1;
    const waMessageId = `3EB0${ids.toString(16).toUpperCase().padStart(18, "A")}`;
    return { type: "send_text", messageId: waMessageId, waMessageId, phone: LEAD, text: "Olá" };
  }

  it.each(NEEDED)("$module $fault: the probe names $lacking, and no send leaves", async (fault) => {
    await rehearsal.post("knobs", fault.knobs);
    await profile.page.reload();
    const blind = fault.lacking.includes("state") || fault.lacking.includes("qr");
    await profile.until({ missing: fault.lacking, adapter: blind ? "page" : "modules" });
    const send = order();
    const before = await rehearsal.left();
    await profile.submit(send);
    await profile.event({ type: "not_submitted", messageId: send.messageId });
    expect(await rehearsal.left(), "nothing left the page").toEqual(before);
  });

  it.each(FILES_ONLY)("$module $fault: texts leave, and no file does", async (fault) => {
    await rehearsal.post("knobs", fault.knobs);
    await profile.page.reload();
    await profile.until({ state: "connected", missing: ["send_file"], adapter: "modules" });
    const send = order();
    await profile.submit(send);
    await profile.event({ type: "ack", waMessageId: send.waMessageId, ack: "server" });
    const bytes = Buffer.from("%PDF-1.7");
    const file = fileOrder(send.waMessageId.replace("3EB0", "3EB0FF"), bytes);
    for (const part of parts(file.messageId, bytes)) {
      await profile.submit(part);
    }
    await profile.submit(file);
    await profile.event({ type: "not_submitted", messageId: file.messageId });
    const left = await rehearsal.left();
    expect(left.filter((row) => row.waMessageId === send.waMessageId)).toHaveLength(1);
    expect(left.filter((row) => row.waMessageId === file.waMessageId)).toEqual([]);
  });

  it.each(SPARED)("$module $fault: nothing is missing, and one message leaves", async (fault) => {
    await rehearsal.post("knobs", fault.knobs);
    await profile.page.reload();
    await profile.until({ state: "connected", missing: [], adapter: "modules" });
    const send = order();
    await profile.submit(send);
    await profile.event({ type: "ack", waMessageId: send.waMessageId, ack: "server" });
    const left = (await rehearsal.left()).filter((row) => row.waMessageId === send.waMessageId);
    expect(left, "once, to the lead").toMatchObject([{ account: JOHN, to: LEAD }]);
  });
});
