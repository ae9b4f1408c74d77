import { fireEvent, render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { describe, expect, test } from "vitest";
import App from "../src/app/App.svelte";
import { paletteEntries } from "../src/app/palette";
import type { GuardView, OfficeView, SdrView } from "../src/lib/office";
import { rightsOf } from "../src/lib/rights";
import { FixturePort } from "./fixtures/port";
import { office, sdr } from "./fixtures/scenes";

const JOHN: GuardView = { type: "sdr", sdr: "john", hasPin: true };
const MANAGER: GuardView = { type: "manager", name: "Maria" };
const jane = (changes: Partial<SdrView> = {}) =>
  sdr({ id: "jane", name: "Jane Costa", email: "jane@hotdesk.example", lock: "pin", ...changes });
const locked = (changes: Partial<SdrView> = {}): OfficeView =>
  office([sdr({ lock: "pin", ...changes }), jane()], { guard: { type: "nobody" } });

async function open(view: OfficeView): Promise<FixturePort> {
  const port = new FixturePort(view);
  render(App, { port });
  await screen.findByRole("heading", { name: "Hotdesk" });
  return port;
}

async function type(testid: string, value: string) {
  await fireEvent.input(screen.getByTestId(testid), { target: { value } });
}

const click = (testid: string) => fireEvent.click(screen.getByTestId(testid));

describe("a locked session", () => {
  test("shows who it is, what goes on and a field for the PIN, and no page", async () => {
    const port = await open(locked());
    const lock = screen.getByTestId("lock-screen");
    expect(lock.textContent).toContain("John Almeida is locked");
    expect(lock.textContent).toContain("Sending goes on behind the lock.");
    expect(screen.queryByTestId("page-area")).toBeNull();
    expect(port.shown.filter((shown) => shown !== null)).toEqual([]);
    expect(screen.queryByTestId("panel-toggle"), "no activity").toBeNull();
    expect(document.activeElement, "ready to type").toBe(screen.getByTestId("unlock-pin"));
  });

  test("takes digits only, and tells a PIN that is too short before it is tried", async () => {
    const port = await open(locked());
    await type("unlock-pin", "12a4");
    expect((screen.getByTestId("unlock-pin") as HTMLInputElement).value).toBe("124");
    await click("unlock");
    expect(screen.getByTestId("unlock-problem").textContent).toContain("6 to 12 digits");
    expect(port.unlocks).toEqual([]);
  });

  test("is opened by its PIN; a wrong one is told and cleared", async () => {
    const port = await open(locked());
    port.refusal = { code: "wrong_pin", message: "That is not the PIN. 4 tries left." };
    await type("unlock-pin", "975310");
    await click("unlock");
    expect((await screen.findByTestId("unlock-problem")).textContent).toContain("4 tries left");
    expect((screen.getByTestId("unlock-pin") as HTMLInputElement).value).toBe("");
    port.refusal = null;
    await type("unlock-pin", "246810");
    await click("unlock");
    expect(port.unlocks.at(-1)).toEqual({ sdr: "john", pin: "246810" });
    port.push(office([sdr(), jane()], { guard: JOHN }));
    await tick();
    expect(screen.getByTestId("page-area")).toBeTruthy();
    await tick();
    expect(port.shown.at(-1)).toBe("john");
  });

  test("asks for the password where no PIN opens it", async () => {
    await open(locked({ lock: "password" }));
    expect(screen.queryByTestId("unlock-pin")).toBeNull();
    await click("unlock-by-password");
    expect((screen.getByTestId("sign-in-email") as HTMLInputElement).value).toBe(
      "john@hotdesk.example",
    );
  });

  test("keeps its review closed", async () => {
    await open(locked({ review: 2 }));
    await click("tile-review");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByTestId("lock-screen")).toBeTruthy();
  });
});

describe("locking", () => {
  test("is one button, Ctrl+L and an entry of the palette, and none of them while it is locked", async () => {
    const port = await open(office([sdr(), jane()], { guard: JOHN }));
    await click("lock");
    await fireEvent.keyDown(document.body, { key: "l", ctrlKey: true });
    expect(port.locks).toBe(2);
    const entry = (view: OfficeView) => paletteEntries(view, "lock").map(({ id }) => id);
    expect(entry(port.current)).toContain("lock");
    port.push(locked());
    await tick();
    expect(screen.queryByTestId("lock")).toBeNull();
    expect(entry(locked())).not.toContain("lock");
    await fireEvent.keyDown(document.body, { key: "l", ctrlKey: true });
    expect(port.locks, "there is nothing to lock").toBe(2);
  });

  test("closes what lay over the page", async () => {
    const port = await open(office([sdr(), jane()], { guard: JOHN }));
    await fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
    expect(screen.getByRole("dialog")).toBeTruthy();
    port.push(locked());
    await tick();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByTestId("announcement").textContent).toBe("Locked.");
  });
});

describe("choosing a PIN", () => {
  test("is asked for after the first sign-in, and may be left for later", async () => {
    const port = await open(locked({ lock: "password" }));
    const noPin: GuardView = { type: "sdr", sdr: "john", hasPin: false };
    port.push(office([sdr(), jane()], { guard: noPin }));
    await tick();
    expect(screen.getByTestId("pin-dialog")).toBeTruthy();
    expect(screen.queryByTestId("pin-current"), "there is none yet").toBeNull();
    await type("pin-new", "246810");
    await type("pin-again", "246811");
    await click("pin-save");
    expect(screen.getByTestId("pin-problem").textContent).toContain("not the same");
    expect(port.pins).toEqual([]);
    await type("pin-again", "246810");
    await click("pin-save");
    expect(port.pins).toEqual([{ current: null, pin: "246810" }]);
    expect(screen.queryByTestId("pin-dialog")).toBeNull();
  });

  test("wants the one before from whoever found the window open", async () => {
    const port = await open(office([sdr(), jane()], { guard: JOHN }));
    await click("more-menu");
    await click("choose-pin");
    await type("pin-current", "246810");
    await type("pin-new", "135791");
    await type("pin-again", "135791");
    await click("pin-save");
    expect(port.pins).toEqual([{ current: "246810", pin: "135791" }]);
  });
});

describe("strict mode", () => {
  test("is told on the lock screen and on the tile: nothing is sent, nothing is lost", async () => {
    await open(locked({ strict: true, sealed: true, state: "closed", pageOpen: false }));
    const lock = screen.getByTestId("lock-screen").textContent;
    expect(lock).toContain("Nothing is sent until it is unlocked.");
    expect(lock).toContain("none is lost");
    const tile = screen.getAllByTestId("sdr-tile")[0]?.textContent;
    expect(tile).toContain("Locked, not sending");
    expect(tile, "nobody here knows how many").not.toContain("queued");
  });

  test("is turned on and off with the PIN, and a wrong one is told", async () => {
    const port = await open(office([sdr(), jane()], { guard: JOHN }));
    await click("more-menu");
    await click("strict");
    expect(screen.getByRole("dialog").textContent).toContain("Stop sending while locked?");
    port.refusal = { code: "wrong_pin", message: "That is not the PIN. 4 tries left." };
    await type("strict-pin", "975310");
    await click("strict-save");
    expect((await screen.findByTestId("strict-problem")).textContent).toContain("4 tries left");
    port.refusal = null;
    await type("strict-pin", "246810");
    await click("strict-save");
    expect(port.stricts.at(-1)).toEqual({ pin: "246810", on: true });
    expect(screen.queryByRole("dialog")).toBeNull();
    port.push(office([sdr({ strict: true }), jane()], { guard: JOHN }));
    await tick();
    await click("more-menu");
    await click("strict");
    expect(screen.getByRole("dialog").textContent).toContain("Keep sending while locked?");
    await type("strict-pin", "246810");
    await click("strict-save");
    expect(port.stricts.at(-1)).toEqual({ pin: "246810", on: false });
  });

  test("asks for a PIN to be chosen first where there is none", async () => {
    const noPin: GuardView = { type: "sdr", sdr: "john", hasPin: false };
    await open(office([sdr(), jane()], { guard: noPin }));
    await click("pin-later");
    await click("more-menu");
    await click("strict");
    expect(screen.getByTestId("pin-dialog")).toBeTruthy();
  });
});

describe("rights", () => {
  const connected = { pause: true, resume: false };

  test("are all the SDR's own, pausing is anybody's, resuming and removing a manager's", () => {
    expect(rightsOf(JOHN, sdr())).toMatchObject({ ...connected, open: true, unlink: true });
    for (const guard of [JOHN, { type: "nobody" } as GuardView]) {
      const rights = rightsOf(guard, jane());
      expect(Object.entries(rights).filter(([, may]) => may)).toEqual([["pause", true]]);
    }
    expect(rightsOf(JOHN, jane({ paused: true })).resume).toBe(false);
    expect(rightsOf(MANAGER, jane({ paused: true }))).toMatchObject({
      resume: true,
      remove: true,
      open: false,
      disconnect: false,
    });
  });

  test("of a manager are told in the sidebar, with the way to another SDR's lock", async () => {
    await open(office([sdr({ lock: "pin" }), jane()], { guard: MANAGER }));
    expect(screen.getByTestId("manager").textContent).toContain("Maria, manager");
    expect(screen.getByTestId("lock-screen")).toBeTruthy();
    expect(screen.getByTestId("pause")).toBeTruthy();
    expect(screen.getByTestId("lock"), "and the lock").toBeTruthy();
  });
});
