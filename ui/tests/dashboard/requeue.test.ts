import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, test } from "vitest";
import { Api } from "../../src/dashboard/api";
import { questionIn } from "../../src/dashboard/messages/list.svelte";
import { byReason, Requeueing } from "../../src/dashboard/messages/requeueing.svelte";
import { open, server } from "./support/office";

const QUESTION = questionIn(new URLSearchParams("state=dead&sdr=john"));
const dead = (id: string) => ({
  seq: Number(id),
  messageId: id,
  sdrId: "john",
  leadId: id,
  leadName: `Lead ${id}`,
  phone: "+5511960000001",
  text: "Hello",
  state: "dead",
  generation: 0,
  attempts: 5,
  desktopId: null,
  problem: null,
  createdAtMs: 1,
  sentAtMs: null,
  events: [],
  replies: [],
});
const page = (ids: string[], next: string | null = null) => ({
  body: { messages: ids.map(dead), next },
});
const REFUSED = { status: 409, body: { code: "opted_out", message: "Does not want messages." } };
const OK = { status: 204 };

async function looked(answers: Parameters<typeof server>[0]) {
  const { ask, calls } = server(answers);
  const requeueing = new Requeueing(new Api(ask));
  await requeueing.look(QUESTION);
  const posts = () => calls.filter(({ method }) => method === "POST").map(({ path }) => path);
  return { requeueing, calls, posts };
}

beforeEach(() => {
  history.replaceState(null, "", "/");
});

describe("queueing again what was given up", () => {
  test("finds all of them, page by page, by the same filter", async () => {
    const { requeueing, calls } = await looked({
      "GET /api/messages": ({ path }) =>
        path.includes("cursor=c") ? page(["3"]) : page(["1", "2"], "c"),
    });
    expect(requeueing.found?.map(({ id }) => id)).toEqual(["1", "2", "3"]);
    for (const { path } of calls) expect(path).toMatch(/sdrId=john.*state=dead.*newest=true/);
  });

  test("goes on past what is refused, and says the end honestly", async () => {
    const { requeueing, posts } = await looked({
      "GET /api/messages": page(["1", "2", "3"]),
      "POST /api/messages/1/requeue": OK,
      "POST /api/messages/2/requeue": REFUSED,
      "POST /api/messages/3/requeue": OK,
    });
    await requeueing.run();
    expect(posts()).toHaveLength(3);
    expect(requeueing.line).toBe("2 messages queued again, 1 could not be.");
    expect(requeueing.refused).toEqual([{ lead: "Lead 2", why: "Does not want messages." }]);
    await requeueing.run();
    expect(posts(), "nothing is done twice").toHaveLength(3);
  });

  test("ends where the server is away, and says how many were not tried", async () => {
    const { requeueing } = await looked({
      "GET /api/messages": page(["1", "2", "3"]),
      "POST /api/messages/1/requeue": OK,
    });
    await requeueing.run();
    expect(requeueing.line).toBe("1 message queued again, 2 not tried.");
    expect(requeueing.problem?.code).toBe("unreachable");
  });

  test("stops after the one that is under way", async () => {
    const { requeueing } = await looked({
      "GET /api/messages": page(["1", "2"]),
      "POST /api/messages/1/requeue": () => {
        requeueing.stop();
        return OK;
      },
    });
    await requeueing.run();
    expect(requeueing.line).toBe("1 message queued again, 1 not tried.");
  });

  test("names those whom a reason is about, the most frequent first", () => {
    const all = [
      { lead: "A", why: "x" },
      { lead: "B", why: "y" },
      { lead: "C", why: "y" },
    ];
    expect(byReason(all)).toEqual([
      { why: "y", leads: ["B", "C"] },
      { why: "x", leads: ["A"] },
    ]);
  });

  test("is offered to managers who look at what was given up", async () => {
    let gone = false;
    const answers = {
      "GET /api/messages": () => (gone ? page([]) : page(["1", "2"])),
      "POST /api/messages/1/requeue": OK,
      "POST /api/messages/2/requeue": () => {
        gone = true;
        return REFUSED;
      },
    };
    const { dashboard } = open("manager", "/messages", answers);
    await screen.findAllByTestId("message");
    expect(screen.queryByTestId("requeue-open"), "only with the filter").toBeNull();
    await fireEvent.change(screen.getByTestId("filter-state"), { target: { value: "dead" } });
    await fireEvent.click(await screen.findByTestId("requeue-open"));
    await screen.findByText("Queue 2 messages again?");
    await fireEvent.click(screen.getByTestId("requeue-confirm"));
    expect((await screen.findByTestId("requeue-line")).textContent).toBe(
      "1 message queued again, 1 could not be.",
    );
    expect(screen.getByTestId("requeue-refused").textContent).toContain(
      "Lead 2Does not want messages.",
    );
    expect(dashboard.announcement).toContain("1 could not be");
    await fireEvent.click(screen.getByTestId("requeue-close"));
    await waitFor(() => expect(screen.queryByTestId("requeue-dialog")).toBeNull());
  });

  test("is not offered to an SDR", async () => {
    open("sdr", "/messages?state=dead", { "GET /api/messages": page(["1"]) });
    await screen.findByTestId("message");
    expect(screen.queryByTestId("requeue-open")).toBeNull();
  });
});
