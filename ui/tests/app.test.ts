import { fireEvent, render, screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";
import App from "../src/app/App.svelte";
import type { OfficeView } from "../src/lib/office";
import { FixturePort } from "./fixtures/port";
import { message, office, SCENES, sdr } from "./fixtures/scenes";

const PAGE = { left: 280, top: 64, right: 1024, bottom: 700 };

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue(
    new DOMRect(PAGE.left, PAGE.top, PAGE.right - PAGE.left, PAGE.bottom - PAGE.top),
  );
});

async function open(view: OfficeView): Promise<FixturePort> {
  const port = new FixturePort(view);
  render(App, { port });
  await screen.findByRole("heading", { name: "Hotdesk" });
  await tick();
  return port;
}

const press = (key: string, init: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...init });
const tile = (id: string) =>
  screen.getAllByTestId("sdr-tile").find((one) => one.dataset.sdr === id) as HTMLElement;
const lastArea = (port: FixturePort) => port.areas[port.areas.length - 1];

describe("the sidebar", () => {
  test("each tile shows name, number, state in words, queue and sent today", async () => {
    await open(SCENES.sending);
    const john = tile("john");
    expect(john.textContent).toContain("John Almeida");
    expect(john.textContent).toContain("+55 11 96000-0001");
    expect(john.textContent).toContain("Sending");
    expect(john.textContent).toMatch(/12 queued\s*18 sent/);
    expect(john.dataset.state, "the raw state is a hook for tests").toBe("connected");
    expect(tile("bob").textContent).toContain("Asleep");
  });

  test("a problem is told with what to do", async () => {
    await open(SCENES.problems);
    expect(tile("john").textContent).toContain(
      "Another number was linked. Link the SDR’s own phone again.",
    );
    expect(screen.getByTestId("tile-review").textContent).toContain("2 messages need a decision");
  });

  test("the usual way serves without a word, another one is named", async () => {
    await open(SCENES["other-way"]);
    expect(within(tile("john")).getByTestId("tile-adapter").textContent).toBe("by wa-js");
    expect(screen.getByTestId("adapter").textContent, "in the strip too").toBe("by wa-js");
    expect(within(tile("jane")).queryByTestId("tile-adapter")).toBeNull();
  });

  test("what a page lacks is named, and trying another way is not called a stop", async () => {
    await open(SCENES["other-way"]);
    const jane = tile("jane");
    expect(jane.textContent).toContain("Trying another way");
    expect(jane.textContent).not.toContain("Stopped");
    expect(within(jane).getByTestId("tile-missing").textContent).toBe(
      "Missing: sending texts, ticks.",
    );
    await fireEvent.click(jane);
    expect(screen.getByText("Missing: sending texts, ticks"), "in the strip too").toBeTruthy();
  });

  test("rehearsal is marked, and only then", async () => {
    await open(SCENES.sending);
    expect(screen.getByTestId("rehearsal-banner").textContent).toContain(
      "No real person is messaged",
    );
  });

  test("the real thing carries no rehearsal mark", async () => {
    await open(office([sdr()], { rehearsal: false }));
    expect(screen.queryByTestId("rehearsal-banner")).toBeNull();
  });

  test("a server that does not answer is explained in its own words", async () => {
    await open(SCENES.problems);
    expect(screen.getByTestId("server-problem").textContent).toContain("nothing is lost");
  });
});

describe("the adapters", () => {
  test("their number is shown, and in words where they come from", async () => {
    await open(office([sdr()]));
    const shown = screen.getByTestId("adapters");
    expect(shown.dataset.number).toBe("1");
    expect(shown.title).toContain("built in");
    expect(screen.queryByTestId("adapters-problem")).toBeNull();
  });

  test("their number is shown also while the queue server is away", async () => {
    await open(SCENES.problems);
    expect(screen.getByTestId("server-problem")).toBeTruthy();
    expect(screen.getByTestId("adapters").dataset.number).toBe("1");
  });

  test("a pack that was taken back is told in its own words", async () => {
    const message = "The adapter pack 7 was taken back. Nothing is lost.";
    const problem = { code: "pack_failed" as const, message };
    const adapters = { number: 5, name: "2026.12.5", builtIn: false, problem };
    await open(office([sdr()], { adapters }));
    expect(screen.getByTestId("adapters-problem").textContent).toContain(message);
    expect(screen.getByTestId("adapters").title).toContain("from an adapter pack");
  });

  test("a look for new ones is asked for in the palette", async () => {
    const port = await open(SCENES.sending);
    await press("k", { ctrlKey: true });
    const input = screen.getByTestId("palette-input");
    await fireEvent.input(input, { target: { value: "new whatsapp adapters" } });
    await press("Enter");
    expect(port.looks).toBe(1);
  });
});

describe("the keyboard", () => {
  test("Ctrl and a digit choose an SDR", async () => {
    const port = await open(SCENES.sending);
    await press("2", { ctrlKey: true });
    expect(tile("jane").getAttribute("aria-current")).toBe("true");
    await vi.waitFor(() => expect(port.shown).toEqual(["john", "jane"]));
  });

  test("a digit beyond the last SDR does nothing", async () => {
    await open(SCENES.sending);
    await press("9", { ctrlKey: true });
    expect(tile("john").getAttribute("aria-current")).toBe("true");
  });

  test("Ctrl+K opens the palette, typing finds an SDR, Enter goes there, Escape closes", async () => {
    await open(SCENES.sending);
    await press("k", { ctrlKey: true });
    const input = screen.getByTestId("palette-input");
    expect(document.activeElement).toBe(input);
    await fireEvent.input(input, { target: { value: "bob" } });
    await press("Enter");
    expect(screen.queryByTestId("palette")).toBeNull();
    expect(tile("bob").getAttribute("aria-current")).toBe("true");
    await press("k", { ctrlKey: true });
    await press("Escape");
    expect(screen.queryByTestId("palette")).toBeNull();
  });

  test("an order is given from the palette", async () => {
    const port = await open(SCENES.sending);
    await press("k", { ctrlKey: true });
    await fireEvent.input(screen.getByTestId("palette-input"), { target: { value: "pause jane" } });
    await press("Enter");
    expect(port.orders).toEqual([{ sdr: "jane", order: "pause" }]);
  });

  test("a shortcut does not tear a half-filled dialog away", async () => {
    await open(SCENES.sending);
    await fireEvent.click(screen.getByTestId("sign-in-open"));
    await press("2", { ctrlKey: true });
    await press("k", { ctrlKey: true });
    expect(screen.getByTestId("sign-in-email")).toBeTruthy();
    expect(tile("john").getAttribute("aria-current")).toBe("true");
  });
});

test("Escape closes the menu and gives the focus back to its button", async () => {
  await open(SCENES.sending);
  await fireEvent.click(screen.getByTestId("more-menu"));
  await tick();
  await press("Escape");
  expect(screen.queryByRole("menu")).toBeNull();
  expect(document.activeElement).toBe(screen.getByTestId("more-menu"));
});

describe("the page area", () => {
  test("the host is told whose page goes where", async () => {
    const port = await open(SCENES.sending);
    expect(port.shown).toEqual(["john"]);
    expect(lastArea(port)).toEqual({ x: 280, y: 64, width: 744, height: 636 });
  });

  test.each([
    ["the palette", () => press("k", { ctrlKey: true })],
    ["the sign-in dialog", () => fireEvent.click(screen.getByTestId("sign-in-open"))],
    ["the menu", () => fireEvent.click(screen.getByTestId("more-menu"))],
  ])("%s takes the page off the screen, Escape brings it back", async (_, openIt) => {
    const port = await open(SCENES.sending);
    await openIt();
    await vi.waitFor(() => expect(lastArea(port)).toBeNull());
    await press("Escape");
    await vi.waitFor(() => expect(lastArea(port)).toMatchObject({ x: 280 }));
  });

  test("without a page there is no area and no page shown, but a way on", async () => {
    const port = await open(SCENES.closed);
    expect(port.shown).toEqual([null]);
    expect(lastArea(port)).toBeNull();
    await fireEvent.click(screen.getByTestId("remedy"));
    expect(port.orders).toEqual([{ sdr: "john", order: "connect" }]);
  });

  test("the area is told once, not with every snapshot", async () => {
    const port = await open(SCENES.sending);
    const before = port.areas.length;
    port.push(office(SCENES.sending.sdrs.map((one) => ({ ...one, queued: one.queued + 1 }))));
    await vi.waitFor(() => expect(tile("john").textContent).toContain("13 queued"));
    expect(port.areas.length).toBe(before);
  });

  test("a stop says why and offers its remedy", async () => {
    await open(SCENES.problems);
    const area = screen.getByTestId("page-area");
    expect(area.textContent).toContain("+55 11 98888-1234");
    await fireEvent.click(within(area).getByTestId("remedy"));
    expect(screen.getByRole("dialog", { name: /Unlink John/ })).toBeTruthy();
  });

  test("a signed-out SDR is asked to sign in again, with the e-mail filled in", async () => {
    await open(SCENES.problems);
    await fireEvent.click(tile("bob"));
    await fireEvent.click(within(screen.getByTestId("page-area")).getByTestId("remedy"));
    expect((screen.getByTestId("sign-in-email") as HTMLInputElement).value).toBe(
      "bob@hotdesk.example",
    );
  });
});

describe("signing in", () => {
  async function fill(email: string, password: string) {
    await fireEvent.input(screen.getByTestId("sign-in-email"), { target: { value: email } });
    await fireEvent.input(screen.getByTestId("sign-in-password"), { target: { value: password } });
    await fireEvent.click(screen.getByTestId("sign-in-submit"));
    await fireEvent.submit(screen.getByTestId("sign-in-email").closest("form") as HTMLFormElement);
  }

  test("the first run tells what to do and leads to the dialog", async () => {
    await open(SCENES["first-run"]);
    await fireEvent.click(screen.getByRole("button", { name: "Sign in the first SDR" }));
    expect(document.activeElement).toBe(screen.getByTestId("sign-in-email"));
  });

  test("a refusal is told in words and what was typed stays", async () => {
    const port = await open(SCENES["first-run"]);
    port.refusal = { code: "wrong_credentials", message: "Check both and try again." };
    await fireEvent.click(screen.getByTestId("sign-in-open"));
    await fill("john@hotdesk.example", "wrong");
    const error = await screen.findByTestId("sign-in-error");
    expect(error.textContent).toContain("Wrong e-mail or password. Check both and try again.");
    expect((screen.getByTestId("sign-in-email") as HTMLInputElement).value).toBe(
      "john@hotdesk.example",
    );
    expect((screen.getByTestId("sign-in-password") as HTMLInputElement).value).toBe("wrong");
  });

  test("nothing is asked of the server without an e-mail and a password", async () => {
    const port = await open(SCENES["first-run"]);
    await fireEvent.click(screen.getByTestId("sign-in-open"));
    await fill("john", "");
    expect(screen.getByTestId("sign-in-error").textContent).toContain("e-mail address");
    await fill("john@hotdesk.example", "");
    expect(screen.getByTestId("sign-in-error").textContent).toContain("Enter the password");
    expect(port.signIns).toEqual([]);
  });

  test("success closes the dialog; closing it keeps the e-mail but never the password", async () => {
    const port = await open(SCENES.sending);
    await fireEvent.click(screen.getByTestId("sign-in-open"));
    await fireEvent.input(screen.getByTestId("sign-in-email"), {
      target: { value: "eve@x.example" },
    });
    await fireEvent.input(screen.getByTestId("sign-in-password"), { target: { value: "secret" } });
    await press("Escape");
    await fireEvent.click(screen.getByTestId("sign-in-open"));
    expect((screen.getByTestId("sign-in-email") as HTMLInputElement).value).toBe("eve@x.example");
    expect((screen.getByTestId("sign-in-password") as HTMLInputElement).value).toBe("");
    await fireEvent.input(screen.getByTestId("sign-in-password"), { target: { value: "secret" } });
    await fireEvent.submit(screen.getByTestId("sign-in-email").closest("form") as HTMLFormElement);
    await vi.waitFor(() => expect(screen.queryByTestId("sign-in-email")).toBeNull());
    expect(port.signIns).toEqual([{ email: "eve@x.example", password: "secret" }]);
  });
});

describe("orders", () => {
  test("the buttons give the order of their name", async () => {
    const port = await open(SCENES.sending);
    await fireEvent.click(screen.getByTestId("pause"));
    await fireEvent.click(screen.getByTestId("disconnect"));
    await vi.waitFor(() =>
      expect(port.orders.map(({ order }) => order)).toEqual(["pause", "disconnect"]),
    );
  });

  test("removing asks first and says what is deleted and what is not", async () => {
    const port = await open(SCENES.sending);
    await fireEvent.click(screen.getByTestId("more-menu"));
    await fireEvent.click(screen.getByTestId("remove"));
    expect(port.orders, "nothing is done before it is confirmed").toEqual([]);
    expect(screen.getByRole("dialog").textContent).toContain("What is deleted here");
    expect(screen.getByRole("dialog").textContent).toContain("What stays");
    await fireEvent.click(screen.getByTestId("remove-confirm"));
    expect(port.orders).toEqual([{ sdr: "john", order: "remove" }]);
  });

  test("a refused order is told over the page and can be dismissed", async () => {
    const port = await open(SCENES.sending);
    port.refusal = { code: "store_failed", message: "The disk is full." };
    await fireEvent.click(screen.getByTestId("pause"));
    expect((await screen.findByTestId("notice")).textContent).toContain(
      "Cannot save. The disk is full.",
    );
    await fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByTestId("notice")).toBeNull();
  });
});

describe("an SDR who is active on another desktop", () => {
  test("the strip and the tile say where and since when, once, and that nothing is sent from here", async () => {
    await open(SCENES.elsewhere);
    expect(screen.getByTestId("elsewhere").textContent).toContain(
      "John Almeida is active on Front desk since 14:02. Nothing is sent from here.",
    );
    expect(screen.queryByTestId("remedy"), "no second strip").toBeNull();
    const john = tile("john");
    expect(john.textContent).toContain("Active elsewhere");
    expect(john.textContent).toContain("Active on Front desk. Nothing is sent from here.");
    expect(john.textContent, "not a second time").not.toContain("In use elsewhere");
    expect(within(tile("jane")).queryByTestId("tile-elsewhere")).toBeNull();
  });

  test("sending from here asks first, in plain words, and Cancel has the focus", async () => {
    const port = await open(SCENES.elsewhere);
    await fireEvent.click(screen.getByTestId("take-over"));
    const dialog = screen.getByRole("dialog", { name: "Send for John Almeida from here?" });
    expect(dialog.textContent).toContain("no longer on Front desk");
    expect(dialog.textContent).toContain("No message is sent twice");
    expect(document.activeElement?.textContent?.trim()).toBe("Cancel");
    await press("Escape");
    expect(port.orders, "nothing is done before it is confirmed").toEqual([]);
    await fireEvent.click(screen.getByTestId("take-over"));
    await fireEvent.click(screen.getByTestId("take_over-confirm"));
    expect(port.orders).toEqual([{ sdr: "john", order: "take_over" }]);
  });

  test("while it is under way the button says so, and a refusal is told in its words", async () => {
    const [john] = SCENES.elsewhere.sdrs;
    if (!john?.elsewhere) throw new Error("the scene has changed");
    const taking = { ...john, elsewhere: { ...john.elsewhere, takingOver: true } };
    const port = await open(office([taking]));
    const button = screen.getByTestId("take-over") as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    expect(button.textContent).toContain("Taking over…");
    const problem = { code: "other_desktop" as const, message: "Yet another desktop was faster." };
    port.push(office([{ ...john, elsewhere: { ...john.elsewhere, problem } }]));
    expect((await screen.findByTestId("elsewhere-problem")).textContent).toContain("was faster");
    port.push(office([{ ...john, elsewhere: null, problem: null }]));
    await vi.waitFor(() => expect(screen.queryByTestId("elsewhere")).toBeNull());
  });

  test("a desktop without a name, and a day before today, are said too", async () => {
    const sinceMs = Date.now() - 3 * 86_400_000;
    const elsewhere = { name: null, sinceMs, takingOver: false, problem: null };
    await open(office([sdr({ elsewhere })]));
    expect(screen.getByTestId("elsewhere").textContent).toMatch(
      /active on another desktop since \d{1,2} \w{3,4}, \d\d:\d\d\. /,
    );
  });

  test("the palette offers it too, and asks", async () => {
    await open(SCENES.elsewhere);
    await press("k", { ctrlKey: true });
    await fireEvent.input(screen.getByTestId("palette-input"), {
      target: { value: "send from here" },
    });
    await press("Enter");
    expect(screen.getByRole("dialog").textContent).toContain("Send for John Almeida from here?");
  });
});

describe("what changes", () => {
  test("the run’s progress is a progress bar", async () => {
    await open(SCENES.sending);
    const bar = screen.getByTestId("progress");
    expect([bar.getAttribute("aria-valuenow"), bar.getAttribute("aria-valuemax")]).toEqual([
      "18",
      "30",
    ]);
  });

  test("each message shows its way, and a failure its reason", async () => {
    await open(SCENES.problems);
    await fireEvent.click(screen.getByTestId("panel-toggle"));
    const items = screen.getAllByTestId("activity-item");
    expect(items.map((item) => item.dataset.state)).toEqual([
      "failed",
      "review",
      "read",
      "cancelled",
      "delivered",
    ]);
    expect(items[0]?.textContent).toContain("Not on WhatsApp.");
    expect(items[0]?.textContent, "the open one shows times").toMatch(/Queued\s*\d\d:\d\d:\d\d/);
  });

  test("an answer that has no other place is shown with its message, as text", async () => {
    const answered = { ...message("m-1", "Ana", "read"), reply: "<b>Yes</b>, please" };
    await open(office([sdr({ activity: [answered] })]));
    await fireEvent.click(screen.getByTestId("panel-toggle"));
    const item = screen.getByTestId("activity-item");
    expect(item.textContent).toContain("Answered: <b>Yes</b>, please");
  });

  test("a change of state is announced, by name", async () => {
    const port = await open(office([sdr({ state: "qr" })]));
    port.push(office([sdr({ state: "connected" })]));
    await vi.waitFor(() =>
      expect(screen.getByTestId("announcement").textContent?.trim()).toBe(
        "John Almeida: Connected.",
      ),
    );
  });

  test("an SDR picked in the tray is shown", async () => {
    const port = await open(SCENES.sending);
    port.pick("bob");
    await vi.waitFor(() => expect(tile("bob").getAttribute("aria-current")).toBe("true"));
  });
});

describe("sending by hand", () => {
  const stopped = {
    state: "stopped",
    queued: 3,
    problem: { code: "self_test_failed", message: "WhatsApp Web has changed." },
  } as const;

  test("is not spoken of where the page sends by itself", async () => {
    await open(office([sdr()]));
    expect(screen.queryByTestId("assist")).toBeNull();
  });

  test("is offered where a message waits, and asked for by one press", async () => {
    const port = await open(office([sdr({ ...stopped, assist: { type: "offered" } })]));
    await fireEvent.click(screen.getByTestId("assist-open"));
    expect(port.orders).toEqual([{ sdr: "john", order: "assist" }]);
    port.push(office([sdr({ ...stopped, queued: 0, assist: { type: "offered" } })]));
    await tick();
    expect(screen.getByTestId("assist-open")).toHaveProperty("disabled", true);
    port.push(office([sdr({ ...stopped, assist: { type: "preparing" } })]));
    await tick();
    expect(screen.queryByTestId("assist-open")).toBeNull();
  });

  test("says who it is for, and takes the person’s word by one of three buttons", async () => {
    const waiting = { type: "waiting", leadName: "Ana", phone: "+5511970000001" } as const;
    const port = await open(office([sdr({ ...stopped, assist: waiting })]));
    const strip = screen.getByTestId("assist");
    expect(strip.textContent).toContain("Message for Ana (+55 11 97000-0001)");
    for (const word of ["assist-sent", "assist-not-sent", "assist-unsure"]) {
      await fireEvent.click(screen.getByTestId(word));
    }
    expect(port.orders.map(({ order }) => order)).toEqual([
      "assist_sent",
      "assist_not_sent",
      "assist_unsure",
    ]);
  });
});

test("the page is loaded anew from the menu, and used here from the strip", async () => {
  const port = await open(office([sdr({ state: "conflict" })]));
  await fireEvent.click(screen.getByTestId("more-menu"));
  await tick();
  await fireEvent.click(screen.getByTestId("reload"));
  await fireEvent.click(screen.getByTestId("remedy"));
  expect(port.orders.map(({ order }) => order)).toEqual(["reload", "use_here"]);
});
