import { beforeEach, describe, expect, test } from "vitest";
import { Api } from "../../src/dashboard/api";
import { assignTo } from "../../src/dashboard/leads/AssignChoice.svelte";
import {
  mapped,
  mappingLack,
  rejectedCsv,
  unfitFile,
} from "../../src/dashboard/leads/importing.svelte";
import { LeadsList, questionIn } from "../../src/dashboard/leads/list.svelte";
import { threadOf } from "../../src/dashboard/leads/thread";
import { FIELDS, fieldWords, leadWords, STATUSES } from "../../src/dashboard/leads/words";
import { e164 } from "../../src/dashboard/opt-outs/words";
import type { ImportAnswer, LeadAnswer } from "../../src/dashboard/wire";
import { lead, server } from "./support/office";

const rows = [lead("1"), lead("2"), lead("3")];
const answers = { "GET /api/leads": { body: { leads: rows, next: "c", total: 100_000 } } };

describe("leads that are selected", () => {
  let list: LeadsList;
  beforeEach(async () => {
    list = new LeadsList(new Api(server(answers).ask));
    await list.ask(questionIn(new URLSearchParams("search=ana&status=new")));
  });

  test("are named one by one", () => {
    list.toggle("1");
    list.toggle("3");
    list.toggle("1");
    expect(list.assignment({ sdrId: "john" })).toEqual({ leadIds: ["3"], to: { sdrId: "john" } });
  });

  test("all that are looked for go by the filter, with how many the person saw", () => {
    list.toggleLoaded();
    expect(list.count).toBe(3);
    list.selectAll();
    expect(list.count).toBe(100_000);
    expect(list.assignment({ roundRobin: ["john", "jane"] })).toEqual({
      filter: { search: "ana", status: "new" },
      to: { roundRobin: ["john", "jane"] },
      expected: 100_000,
    });
  });

  test("taking one out of all leaves those that can be seen", () => {
    list.selectAll();
    list.toggle("2");
    expect([...list.selected]).toEqual(["1", "3"]);
    expect(list.all).toBe(false);
  });

  test("are forgotten with the question: what is not shown is not assigned", async () => {
    list.selectAll();
    await list.ask({ ...list.question, search: "bruno" });
    expect(list.count).toBe(0);
  });

  test("a second click on a column turns its order round; dates begin with the newest", () => {
    expect(list.sorted("name")).toMatchObject({ sort: "name", desc: false });
    list.question = list.sorted("name");
    expect(list.sorted("name").desc).toBe(true);
    expect(list.sorted("lastMessageAt").desc).toBe(true);
  });

  test("the address of an unknown order is no error", () => {
    expect(questionIn(new URLSearchParams("sort=evil&order=up"))).toMatchObject({
      sort: "createdAt",
      desc: false,
    });
  });
});

describe("whom they go to", () => {
  test("nothing can be assigned before it is said", () => {
    expect(assignTo("one", "", [])).toBeNull();
    expect(assignTo("many", "john", [])).toBeNull();
    expect(assignTo("one", "john", [])).toEqual({ sdrId: "john" });
    expect(assignTo("many", "", ["a", "b"])).toEqual({ roundRobin: ["a", "b"] });
    expect(assignTo("nobody", "john", ["a"])).toEqual({ nobody: true });
  });
});

describe("an import", () => {
  test("says what a mapping still lacks, consent last", () => {
    expect(mappingLack({}, "")).toContain("phone number");
    expect(mappingLack({ T: "phone" }, "")).toContain("name");
    expect(mappingLack({ T: "phone", N: "name" }, " ")).toContain("why these people");
    expect(mappingLack({ T: "phone", N: "name" }, "asked at the fair")).toBeNull();
    expect(mappingLack({ T: "phone", N: "name", C: "consent" }, "")).toBeNull();
  });

  test("a field comes from one column only", () => {
    expect(mapped({ A: "name", B: "phone" }, "C", "name")).toEqual({ B: "phone", C: "name" });
    expect(mapped({ A: "name", B: "phone" }, "A", "")).toEqual({ B: "phone" });
  });

  test("a file that cannot be one is not sent, and it is said what to do", () => {
    expect(unfitFile(new File([], "a.csv"))).toContain("empty");
    expect(unfitFile(new File(["x"], "Leads.XLSX"))).toContain("Save it as CSV");
    expect(unfitFile(new File(["a,b"], "a.csv"))).toBeNull();
  });

  test("what was left out can be kept as CSV", () => {
    const answer = {
      rejected: [{ line: 3, code: "bad_phone", message: 'No "number", none' }],
    } as unknown as ImportAnswer;
    expect(rejectedCsv(answer)).toBe('line,code,message\r\n3,bad_phone,"No ""number"", none"\r\n');
  });

  test("every status and field has words of its own", () => {
    const labels = STATUSES.map((status) => leadWords(status).label);
    expect(new Set(labels).size).toBe(STATUSES.length);
    expect(new Set(FIELDS.map(fieldWords)).size).toBe(FIELDS.length);
  });
});

test("a thread is one conversation, oldest first", () => {
  const answer = {
    lead: lead("1"),
    messages: [
      {
        messageId: "m1",
        sdrId: "john",
        text: "Hello",
        textGone: false,
        state: "read",
        problem: null,
        createdAtMs: 10,
        sentAtMs: 30,
      },
      {
        messageId: "m2",
        sdrId: "john",
        text: "Again",
        textGone: false,
        state: "queued",
        problem: null,
        createdAtMs: 50,
        sentAtMs: null,
      },
    ],
    replies: [{ waMessageId: "r1", messageId: "m1", text: "Yes", atMs: 40 }],
  } satisfies LeadAnswer;
  expect(threadOf(answer).map(({ key }) => key)).toEqual(["m1", "r1", "m2"]);
});

test("a number is taken as people type it", () => {
  expect(e164("+55 (11) 96000-0001")).toBe("+5511960000001");
  expect(e164("0055 11 96000 0001")).toBe("+5511960000001");
  for (const wrong of ["11 96000-0001", "+55", "", "+55 11 9600x"])
    expect(e164(wrong), wrong).toBeNull();
});
