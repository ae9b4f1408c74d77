import { fireEvent, render, screen } from "@testing-library/svelte";
import { expect, test } from "vitest";
import App from "../src/app/App.svelte";
import type { PassphraseAsked } from "../src/lib/office";
import { FixturePort } from "./fixtures/port";
import { SCENES } from "./fixtures/scenes";

const CHOOSE: PassphraseAsked = { type: "choose", reason: "it is off" };
const GOOD = "seven herons past the bridge";

async function open(asked: PassphraseAsked): Promise<FixturePort> {
  const port = new FixturePort(SCENES["first-run"]);
  port.asked = asked;
  render(App, { port });
  await screen.findByTestId("passphrase-screen");
  return port;
}

async function type(testid: string, value: string) {
  await fireEvent.input(screen.getByTestId(testid), { target: { value } });
}

const submit = () => fireEvent.click(screen.getByTestId("passphrase-submit"));
const problem = () => screen.queryByTestId("passphrase-problem")?.textContent ?? "";

test("the first time it is chosen, typed twice, and said what it means", async () => {
  const port = await open(CHOOSE);
  const words = screen.getByTestId("passphrase-screen").textContent;
  expect(words).toContain("cannot be recovered");
  expect(words).toContain("typed at every start");
  expect(words).toContain("for this machine");
  expect(words, "why there is need of one").toContain("it is off");
  expect(document.activeElement, "ready to type").toBe(screen.getByTestId("passphrase"));
  await type("passphrase", "eleven char");
  await type("passphrase-again", "eleven char");
  await submit();
  expect(problem()).toContain("at least 12 characters");
  await type("passphrase", GOOD);
  await submit();
  expect(problem()).toContain("not the same");
  expect(document.activeElement).toBe(screen.getByTestId("passphrase-again"));
  expect(port.passphrases, "nothing was tried yet").toEqual([]);
  await type("passphrase-again", GOOD);
  await submit();
  expect(port.passphrases).toEqual([GOOD]);
  await screen.findByTestId("sign-in-open");
});

test("later it is asked for once, and a wrong one is said and asked again", async () => {
  const port = await open({ type: "enter" });
  expect(screen.queryByTestId("passphrase-again")).toBeNull();
  await submit();
  expect(problem()).toContain("Enter the passphrase");
  port.refusal = { code: "bad_request", message: "This is not the passphrase." };
  await type("passphrase", "another");
  await submit();
  expect(problem()).toContain("This is not the passphrase.");
  expect(document.activeElement).toBe(screen.getByTestId("passphrase"));
  port.refusal = null;
  await type("passphrase", GOOD);
  await submit();
  expect(port.passphrases).toEqual(["another", GOOD]);
  await screen.findByTestId("sign-in-open");
  expect(screen.queryByTestId("passphrase-screen"), "it is over").toBeNull();
});

test("what is typed is hidden until a person wants to see it", async () => {
  await open({ type: "enter" });
  const field = screen.getByTestId("passphrase") as HTMLInputElement;
  expect(field.type).toBe("password");
  await fireEvent.click(screen.getByRole("button", { name: "Show passphrase" }));
  expect(field.type).toBe("text");
});
