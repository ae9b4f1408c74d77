import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";
import App from "../../src/dashboard/App.svelte";
import { Api } from "../../src/dashboard/api";
import { Dashboard } from "../../src/dashboard/dashboard.svelte";
import { Live } from "../../src/dashboard/live.svelte";
import { openapi } from "./api-document.mjs";
import { FakeSource, SESSION, sdr, server } from "./support/office";

function open(path: string, answers: Parameters<typeof server>[0] = {}) {
  history.replaceState(null, "", path);
  const { ask } = server({
    "GET /api/session": { body: SESSION },
    "GET /api/sdrs": { body: { sdrs: [sdr()] } },
    "GET /api/openapi.json": { body: openapi },
    ...answers,
  });
  render(App, { dashboard: new Dashboard(new Api(ask), new Live(() => new FakeSource())) });
}

const calls = () => screen.getAllByTestId("call").map((row) => row.dataset.call);
const row = (id: string) =>
  screen.getAllByTestId("call").find((one) => one.dataset.call === id) as HTMLElement;
const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
const type = (value: string) =>
  fireEvent.input(screen.getByTestId("search"), { target: { value } });

beforeEach(() => {
  history.replaceState(null, "", "/");
});

describe("the API page", () => {
  test.each(["sdr", "manager", "admin"])(
    "is reached from the foot of the sidebar and by its keys, with the role %s",
    async (role) => {
      open("/sdrs", {
        "GET /api/session": { body: { ...SESSION, person: { ...SESSION.person, role } } },
      });
      await fireEvent.click(await screen.findByTestId("nav-reference"));
      await screen.findAllByTestId("call");
      expect(location.pathname).toBe("/reference");
      expect(screen.getByTestId("overview").textContent).toContain("Hotdesk queue server");
      await press("g");
      await press("s");
      await press("g");
      await press("p");
      expect(location.pathname).toBe("/reference");
    },
  );

  test("opens a call at an address of its own, from the list or from a link", async () => {
    open("/reference");
    await screen.findAllByTestId("call");
    expect(row("get_leads").getAttribute("href")).toBe("/reference/get_leads");
    await fireEvent.click(row("get_leads"));
    expect(location.pathname).toBe("/reference/get_leads");
    expect(screen.getByTestId("operation").dataset.operation).toBe("get_leads");
    expect(row("get_leads").getAttribute("aria-current")).toBe("true");
    await press("Escape");
    expect(screen.getByTestId("overview"), "Esc closes it").toBeTruthy();
  });

  test("shows who may call, parameters, the body and each answer", async () => {
    open("/reference/post_messages_one_decision");
    const shown = await screen.findByTestId("operation");
    expect(within(shown).getByTestId("callers").textContent).toContain(
      "a token or a browser’s session",
    );
    expect(within(shown).getByTestId("curl").textContent).toContain("$HOTDESK_TOKEN");
    const body = within(screen.getByTestId("body"));
    expect(body.getAllByTestId("field").map(({ dataset }) => dataset.field)).toEqual([
      "decision",
      "generation",
      "note",
    ]);
    await fireEvent.click(body.getByTestId("view-example"));
    expect(body.getByRole("region").textContent).toContain('"note": "string"');
    const answers = within(shown).getAllByTestId("answer");
    expect(answers.map(({ dataset }) => dataset.status)).toEqual(["200", "404", "409"]);
    const refusal = within(answers[1] as HTMLElement);
    expect(refusal.queryByTestId("content"), "refusals are closed").toBeNull();
    await fireEvent.click(refusal.getByRole("button"));
    expect(refusal.getByTestId("content").textContent).toContain("Problem");
  });

  test("opens what is inside of a field, and not again what stands in itself", async () => {
    open("/reference/post_messages");
    await screen.findByTestId("operation");
    const answer = within(screen.getAllByTestId("answer")[0] as HTMLElement);
    const fieldOf = (name: string) =>
      answer.getAllByTestId("field").find(({ dataset }) => dataset.field === name) as HTMLElement;
    const button = within(fieldOf("body")).getByTestId("field-open");
    expect(button.getAttribute("aria-expanded")).toBe("false");
    await fireEvent.click(button);
    expect(within(fieldOf("body")).getByTestId("variants").textContent).toContain("type: text");
    expect(within(fieldOf("answerTo")).queryByTestId("field-open")).toBeNull();
    expect(fieldOf("answerTo").textContent).toContain("further up");
  });

  test("copies a command, or selects it where the browser lets no page copy", async () => {
    const writeText = vi.fn().mockResolvedValueOnce(undefined).mockRejectedValue(new Error("no"));
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText } });
    open("/reference/get_healthz");
    const curl = within(await screen.findByTestId("curl"));
    await fireEvent.click(curl.getByTestId("copy"));
    await waitFor(() => expect(curl.getByTestId("copy").textContent).toContain("Copied"));
    expect(writeText).toHaveBeenCalledWith(`curl "${location.origin}/healthz"`);
    await fireEvent.click(curl.getByTestId("copy"));
    await waitFor(() => expect(curl.getByTestId("copy").textContent).toContain("Ctrl C"));
    expect(getSelection()?.toString()).toContain("/healthz");
    vi.unstubAllGlobals();
  });

  test("is searched with /, keeps what was typed in the address, and says when nothing is found", async () => {
    open("/reference");
    await screen.findAllByTestId("call");
    await press("/");
    expect(document.activeElement).toBe(screen.getByTestId("search"));
    await type("createdAt");
    expect(calls()).toEqual(["get_leads"]);
    expect(row("get_leads").textContent).toContain("has createdAtMs");
    expect(location.search).toBe("?search=createdAt");
    await type("zzz");
    expect(screen.getByTestId("none-found").textContent).toContain("No call matches");
    await fireEvent.click(screen.getByTestId("forget-search"));
    expect(calls()).toHaveLength(12);
  });

  test("goes from call to call with the arrows", async () => {
    open("/reference");
    await screen.findAllByTestId("call");
    screen.getByTestId("call-overview").focus();
    await press("ArrowDown");
    expect(document.activeElement).toBe(screen.getAllByTestId("call")[0]);
    await press("j");
    await press("k");
    await press("ArrowUp");
    await press("ArrowUp");
    expect(document.activeElement).toBe(screen.getByTestId("call-overview"));
  });

  test("says so where an address names no call", async () => {
    open("/reference/of_later");
    await screen.findByTestId("no-call");
  });

  test("offers what it cannot read for download", async () => {
    open("/reference", { "GET /api/openapi.json": { body: ["?"] } });
    await screen.findByTestId("unreadable");
    expect(screen.getByTestId("download").getAttribute("href")).toBe("/api/openapi.json");
  });

  test("asks again where the server did not answer", async () => {
    let up = false;
    open("/reference", {
      "GET /api/openapi.json": () =>
        up ? { body: openapi } : { status: 503, body: { code: "server_error", message: "Down." } },
    });
    await screen.findByTestId("trouble");
    up = true;
    await fireEvent.click(screen.getByTestId("try-again"));
    await screen.findAllByTestId("call");
    expect(screen.queryByTestId("trouble")).toBeNull();
  });
});
