import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  addressFault,
  deliveryWords,
  kindsLine,
  kindWords,
  placeOf,
  triesLine,
  webhookWords,
} from "../../src/dashboard/webhooks/words";
import type { DeliveryRow, WebhookRow } from "../../src/dashboard/wire";
import { constants } from "../variants";
import { open as openApp, type server } from "./support/office";

type Answers = Parameters<typeof server>[0];
const KINDS = ["message.sent", "message.failed", "reply.received", "session.changed"];
const CRM: WebhookRow = {
  id: "w-1",
  url: "https://crm.example.com/in?for=us",
  kinds: ["message.sent", "reply.received"],
  createdAtMs: 1_000_000,
  waiting: 2,
  failed: 0,
};
const DELIVERY: DeliveryRow = {
  seq: 9,
  id: "d-9",
  kind: "reply.received",
  atMs: 1_000_000,
  state: "failed",
  attempts: 10,
  triedAtMs: 1_100_000,
  dueAtMs: null,
  status: 500,
  problem: "It answered 500.",
};

function open(answers: Answers, path = "/webhooks", role: "manager" | "admin" = "admin") {
  return openApp(role, path, {
    "GET /api/webhooks": { body: { webhooks: [CRM], kinds: KINDS } },
    "GET /api/webhooks/w-1/deliveries": { body: { deliveries: [DELIVERY], next: null } },
    ...answers,
  });
}

const click = (what: string) => fireEvent.click(screen.getByTestId(what));

beforeEach(() => {
  history.replaceState(null, "", "/");
});

describe("the webhooks page", () => {
  test("says who is told, of what, and what waits", async () => {
    open({});
    const row = await screen.findByTestId("webhook");
    expect(row.textContent).toContain("crm.example.com");
    expect(row.textContent).toContain("Told of 2 of 4 kinds");
    expect(row.textContent).toContain("2 waiting");
  });

  test("is not offered to a manager who is no admin", async () => {
    const { calls } = open({}, "/webhooks", "manager");
    await screen.findAllByTestId("sdr");
    expect(screen.queryByTestId("nav-webhooks")).toBeNull();
    expect(calls.some(({ path }) => path.startsWith("/api/webhooks"))).toBe(false);
  });

  test("says what webhooks are for while there is none", async () => {
    open({ "GET /api/webhooks": { body: { webhooks: [], kinds: KINDS } } });
    expect(
      (await screen.findByText("No other program is told yet")).parentElement?.textContent,
    ).toContain("the moment a message is sent, read or answered");
  });

  test("adds one only with an address and something to tell, and shows its secret once", async () => {
    const secret = "whsec_c2VjcmV0";
    const { calls } = open({
      "POST /api/webhooks": { status: 201, body: { id: "w-1", secret } },
    });
    await screen.findByTestId("webhook");
    await click("webhook-add-open");
    await fireEvent.input(screen.getByTestId("webhook-url"), { target: { value: "crm" } });
    await click("webhook-all");
    await click("webhook-all");
    await click("webhook-confirm");
    expect(screen.getByTestId("webhook-url-fault").textContent).toContain("whole address");
    expect(screen.getByTestId("webhook-kinds-fault").textContent).toContain("at least one");
    expect(
      calls.some(({ method }) => method === "POST"),
      "nothing was asked yet",
    ).toBe(false);
    await fireEvent.input(screen.getByTestId("webhook-url"), {
      target: { value: " https://crm.example.com/in?for=us " },
    });
    await click("kind-reply.received");
    await click("webhook-confirm");
    const field = (await screen.findByTestId("webhook-secret")) as HTMLInputElement;
    expect(field.value).toBe(secret);
    expect(screen.getByTestId("webhook-add").textContent).toContain("shown this once");
    const post = calls.find(({ method }) => method === "POST");
    expect(post?.body).toEqual({
      url: "https://crm.example.com/in?for=us",
      kinds: ["reply.received"],
    });
    await fireEvent.keyDown(field, { key: "Escape" });
    expect(screen.queryByTestId("webhook-secret"), "a slip of the hand loses nothing").toBeTruthy();
    await click("webhook-kept");
    expect(screen.queryByTestId("webhook-secret")).toBeNull();
    expect(document.body.innerHTML, "it is nowhere any more").not.toContain(secret);
    expect(location.pathname).toBe("/webhooks/w-1");
  });

  test("the secret is copied, and where a browser refuses that, it is said how", async () => {
    const write = vi.fn(async () => undefined);
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: write } });
    open({ "POST /api/webhooks": { status: 201, body: { id: "w-1", secret: "whsec_1" } } });
    await screen.findByTestId("webhook");
    await click("webhook-add-open");
    await fireEvent.input(screen.getByTestId("webhook-url"), {
      target: { value: "https://a.example" },
    });
    await click("webhook-confirm");
    await screen.findByTestId("webhook-secret");
    await click("webhook-copy");
    expect(write).toHaveBeenCalledWith("whsec_1");
    await waitFor(() => expect(screen.getByTestId("webhook-copy").textContent).toContain("Copied"));
    write.mockRejectedValue(new Error("not allowed"));
    await click("webhook-copy");
    await screen.findByText(/copy it with Ctrl C/);
    vi.unstubAllGlobals();
  });

  test("shows how each telling went, and tells it again", async () => {
    const { calls } = open(
      { "POST /api/webhooks/deliveries/d-9/replay": { status: 202 } },
      "/webhooks/w-1",
    );
    const item = await screen.findByTestId("delivery");
    for (const said of [
      "Answer received",
      "Failed",
      "10 tries",
      "answered 500",
      "It answered 500.",
    ])
      expect(item.textContent).toContain(said);
    await fireEvent.click(within(item).getByTestId("replay"));
    await waitFor(() =>
      expect(
        calls.filter(({ path }) => path.startsWith("/api/webhooks/w-1/deliveries")).length,
      ).toBe(2),
    );
    expect(calls.find(({ method }) => method === "POST")?.path).toBe(
      "/api/webhooks/deliveries/d-9/replay",
    );
  });

  test("a test is asked for, and a refusal is said beside the log", async () => {
    let refuse = true;
    const { dashboard } = open(
      {
        "POST /api/webhooks/w-1/test": () =>
          refuse
            ? { status: 503, body: { code: "server_error", message: "Later." } }
            : { status: 202 },
      },
      "/webhooks/w-1",
    );
    await screen.findByTestId("delivery");
    await click("webhook-test");
    expect((await screen.findByTestId("webhook-refused")).textContent).toContain("Later.");
    refuse = false;
    await click("webhook-test");
    await waitFor(() => expect(screen.queryByTestId("webhook-refused")).toBeNull());
    expect(dashboard.announcement).toContain("A test is on its way");
  });

  test("asks before it removes one, and says what goes with it", async () => {
    let all = [CRM];
    const { calls } = open(
      {
        "GET /api/webhooks": () => ({ body: { webhooks: all, kinds: KINDS } }),
        "DELETE /api/webhooks/w-1": () => {
          all = [];
          return { status: 204 };
        },
      },
      "/webhooks/w-1",
    );
    await screen.findByTestId("delivery");
    await click("webhook-remove-open");
    expect(screen.getByTestId("webhook-remove").textContent).toContain("2 events that wait");
    expect(calls.some(({ method }) => method === "DELETE")).toBe(false);
    await click("webhook-remove-confirm");
    await screen.findByText("No other program is told yet");
    expect(location.pathname, "its panel is closed").toBe("/webhooks");
  });

  test("says so when one that is open was removed elsewhere", async () => {
    open({}, "/webhooks/w-2");
    await screen.findByText("This webhook is gone");
  });
});

describe("words of webhooks", () => {
  test("every kind that the server knows has words of its own", () => {
    const kinds = constants("server/src/store/webhooks.rs", "KINDS");
    expect(kinds.length, "the list was found").toBeGreaterThan(10);
    const labels = [...kinds, "webhook.test"].map((kind) => kindWords(kind).label);
    expect(new Set(labels).size).toBe(labels.length);
    for (const label of labels) expect(label, "no raw word is shown").not.toContain(".");
    expect(kindWords("of.later").label).toBe("of.later");
  });

  test("an address is judged before it is sent", () => {
    for (const good of [
      "https://a.example/x",
      " https://a.example ",
      "http://localhost:9/x",
      "http://127.0.0.1",
    ])
      expect(addressFault(good), good).toBeNull();
    for (const bad of ["", "a.example", "ftp://a.example"])
      expect(addressFault(bad), bad).toContain("whole address");
    expect(addressFault("http://a.example")).toContain("https://");
    expect(placeOf("https://a.example/x?y=1")).toEqual({ host: "a.example", path: "/x?y=1" });
  });

  test("what is told and how it went is one line", () => {
    expect(kindsLine(["message.sent"], 4)).toBe("Told of: message sent");
    expect(kindsLine(KINDS, 4)).toBe("Told of everything");
    const fresh: DeliveryRow = {
      ...DELIVERY,
      state: "waiting",
      attempts: 0,
      status: null,
      dueAtMs: 5,
    };
    expect(triesLine(fresh, 10)).toBe("Not tried yet · next try now");
    expect(triesLine(DELIVERY, 1_100_000)).toMatch(/^10 tries · last \d\d:\d\d · answered 500$/);
    const states = ["waiting", "delivered", "failed"] as const;
    expect(new Set(states.map((state) => deliveryWords(state).label)).size).toBe(3);
    expect(webhookWords({ ...CRM, failed: 1 }).label, "what failed comes first").toBe("1 failed");
    expect(webhookWords({ ...CRM, waiting: 0 }).tone).toBe("ok");
  });
});
