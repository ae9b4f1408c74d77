import { fireEvent, render, screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { describe, expect, test, vi } from "vitest";
import App from "../src/app/App.svelte";
import type { ReviewView, SendAsNew } from "../src/lib/office";
import { choicesFor, decidedWords, factWords } from "../src/lib/review";
import { FixturePort } from "./fixtures/port";
import { office, REVIEWS, SCENES, sdr } from "./fixtures/scenes";
import { variants } from "./variants";

async function open(waiting: ReviewView[] = REVIEWS): Promise<FixturePort> {
  const port = new FixturePort(SCENES.review);
  port.waiting = waiting;
  render(App, { port });
  await fireEvent.click((await screen.findAllByTestId("tile-review"))[0] as HTMLElement);
  return port;
}

const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
const items = () => screen.getAllByTestId("review-item");
const only = (sendAsNew: SendAsNew) => REVIEWS.filter((one) => one.sendAsNew === sendAsNew);
const button = (id: string) => screen.getByTestId(id) as HTMLButtonElement;

describe("the way to the review", () => {
  test("leads from the tile, the strip over the page and the palette", async () => {
    const port = new FixturePort(SCENES.review);
    port.waiting = REVIEWS;
    render(App, { port });
    const [, jane] = await screen.findAllByTestId("tile-review");
    expect(jane?.textContent).toContain("1 message needs a decision");
    await fireEvent.click(jane as HTMLElement);
    expect(screen.getByRole("dialog", { name: /^Jane Costa: / })).toBeTruthy();
    await press("Escape");
    const strip = screen.getByTestId("review-strip");
    expect(strip.textContent, "their page is behind it").toContain("1 message needs a decision.");
    await fireEvent.click(screen.getByTestId("review-strip-open"));
    expect(screen.getByTestId("review")).toBeTruthy();
    await press("Escape");
    await fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
    const input = screen.getByTestId("palette-input");
    await fireEvent.input(input, { target: { value: "decide john" } });
    await press("Enter");
    expect(screen.getByRole("dialog", { name: /^John Almeida: / })).toBeTruthy();
  });

  test("is not there where nothing waits", async () => {
    render(App, { port: new FixturePort(SCENES.sending) });
    await screen.findByRole("heading", { name: "Hotdesk" });
    expect(screen.queryByTestId("tile-review")).toBeNull();
    expect(screen.queryByTestId("review-strip")).toBeNull();
  });
});

describe("what is known", () => {
  test("is told in words, in order, with the local time, and what to do about it", async () => {
    await open();
    await screen.findByTestId("review-facts");
    expect(screen.getByTestId("review").textContent).toContain(
      "Look into the chat on John Almeida’s phone",
    );
    const [first] = items();
    expect(first?.textContent).toContain("Carlos Teixeira");
    expect(first?.textContent).toContain("+55 11 97000-0002");
    expect(first?.textContent).toContain("You asked for our prices");
    expect(first?.textContent).toContain("nobody can tell whether it left");
    const facts = within(screen.getByTestId("review-facts")).getAllByRole("listitem");
    expect(facts.map((fact) => fact.textContent?.replace(/\s+/g, " ").trim())).toEqual([
      "14:02Handed to WhatsApp on this desktop, or about to be",
      "No tick was seen since",
      "14:03The phone unlinked this desktop",
      "14:20Put aside for you to decide",
    ]);
  });

  test("has the focus, and one message after the other is opened by the keyboard", async () => {
    await open();
    await screen.findByTestId("review-facts");
    const head = (at: number) => within(items()[at] as HTMLElement).getAllByRole("button")[0];
    await vi.waitFor(() => expect(document.activeElement).toBe(head(0)));
    await fireEvent.click(head(1) as HTMLElement);
    expect(head(0)?.getAttribute("aria-expanded")).toBe("false");
    expect(head(1)?.getAttribute("aria-expanded")).toBe("true");
    expect(items()[1]?.textContent, "a message may be a file alone").toContain("Prices 2026.pdf");
  });

  test("every fact has words, and every choice says what comes of it", () => {
    const facts = variants("agent/src/review.rs", "Fact");
    expect(facts.length, "the enum was found").toBe(9);
    for (const fact of facts) expect(factWords(fact as never), fact).toBeTruthy();
    for (const decision of variants("agent/src/review.rs", "Decision")) {
      expect(decidedWords(decision as never, "Ana"), decision).toContain("Ana");
    }
    const kinds = variants("agent/src/review.rs", "SendAsNew");
    expect(kinds.length, "the enum was found").toBe(4);
    for (const kind of kinds) {
      for (const choice of choicesFor(kind as SendAsNew, false)) {
        expect(choice.comesOf, kind).toMatch(/[.]$/);
      }
    }
  });
});

describe("deciding", () => {
  test.each([
    ["choose-arrived", "arrived", "The message for Carlos Teixeira counts as sent."],
    ["choose-do_not_send", "do_not_send", "The message for Carlos Teixeira is not sent again."],
  ])("%s is told once, with the generation that was seen", async (id, decision, said) => {
    const port = await open();
    await fireEvent.click(await screen.findByTestId(id));
    expect(port.decisions).toEqual([{ sdr: "john", message: "r-1", generation: 0, decision }]);
    await vi.waitFor(() => expect(items().length).toBe(2));
    expect(screen.getByTestId("announcement").textContent?.trim()).toBe(said);
    await vi.waitFor(() =>
      expect(document.activeElement?.textContent, "the next one has the focus").toContain("Marina"),
    );
  });

  test("sending as new asks a second time, and Back has the focus", async () => {
    const port = await open();
    await fireEvent.click(await screen.findByTestId("choose-send_as_new"));
    expect(screen.getByTestId("as-new-sure").textContent).toContain("gets it twice");
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("as-new-back")));
    expect(port.decisions, "nothing is decided by the first press").toEqual([]);
    await fireEvent.click(screen.getByTestId("as-new-back"));
    await vi.waitFor(() =>
      expect(document.activeElement).toBe(screen.getByTestId("choose-send_as_new")),
    );
    await fireEvent.click(screen.getByTestId("choose-send_as_new"));
    await fireEvent.click(screen.getByTestId("as-new-confirm"));
    expect(port.decisions.map(({ decision }) => decision)).toEqual(["send_as_new"]);
  });

  test("what another desktop began is sent as new only once that one is said to be unlinked", async () => {
    const port = await open(only("once_unlinked"));
    await screen.findByTestId("review-facts");
    expect(button("choose-send_as_new_unlinked").disabled).toBe(true);
    expect(items()[0]?.textContent).toContain("Another desktop began it and may still send it");
    await fireEvent.click(screen.getByTestId("unlinked"));
    expect(button("choose-send_as_new_unlinked").disabled).toBe(false);
    await fireEvent.click(screen.getByTestId("choose-send_as_new_unlinked"));
    await fireEvent.click(screen.getByTestId("as-new-confirm"));
    expect(port.decisions).toEqual([
      { sdr: "john", message: "r-2", generation: 1, decision: "send_as_new_unlinked" },
    ]);
  });

  test.each([
    ["opted_out", "does not want messages any more"],
    ["not_offered", "This queue server cannot do it"],
  ] as const)(
    "nothing is sent as new where it is %s, and the reason is said",
    async (kind, why) => {
      const [one] = only("from_here");
      await open([{ ...(one as ReviewView), sendAsNew: kind }]);
      await screen.findByTestId("review-facts");
      expect(button("choose-send_as_new").disabled).toBe(true);
      const described = button("choose-send_as_new").getAttribute("aria-describedby") ?? "";
      expect(document.getElementById(described)?.textContent).toContain(why);
      expect(button("choose-arrived").disabled, "the safe choices stay").toBe(false);
      expect(button("choose-do_not_send").disabled).toBe(false);
    },
  );

  test("a decision that was refused says why, and the message stays", async () => {
    const port = await open();
    await screen.findByTestId("review-facts");
    port.refusal = { code: "unreachable", message: "The queue server does not answer." };
    await fireEvent.click(screen.getByTestId("choose-arrived"));
    const refused = await screen.findByTestId("review-refused");
    expect(refused.textContent).toContain("The queue server does not answer.");
    expect(refused.textContent).toContain("A decision counts once");
    expect(items().length).toBe(3);
    expect(button("choose-arrived").disabled, "it can be tried again").toBe(false);
  });

  test("after the last one there is nothing left to decide, and a way out", async () => {
    await open(only("from_here"));
    await fireEvent.click(await screen.findByTestId("choose-arrived"));
    expect((await screen.findByTestId("review-none")).textContent).toContain(
      "Nothing needs a decision",
    );
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("review-done")));
    await fireEvent.click(screen.getByTestId("review-done"));
    expect(screen.queryByTestId("review")).toBeNull();
  });
});

describe("when the review cannot be seen", () => {
  test("it says that nothing is lost, and tries again when asked", async () => {
    const port = new FixturePort(SCENES.review);
    port.waiting = REVIEWS;
    port.refusal = { code: "unreachable", message: "The queue server does not answer." };
    render(App, { port });
    await fireEvent.click((await screen.findAllByTestId("tile-review"))[0] as HTMLElement);
    const problem = await screen.findByTestId("review-problem");
    expect(problem.textContent).toContain("Server not reachable.");
    expect(problem.textContent).toContain("Nothing is lost");
    port.refusal = null;
    await fireEvent.click(await screen.findByTestId("review-again"));
    await vi.waitFor(() => expect(items().length).toBe(3));
    expect(screen.queryByTestId("review-problem")).toBeNull();
  });

  test("an ended sign-in leads to signing in again", async () => {
    const port = new FixturePort(SCENES.review);
    port.refusal = { code: "unauthorized", message: "The server ended this sign-in." };
    render(App, { port });
    await fireEvent.click((await screen.findAllByTestId("tile-review"))[0] as HTMLElement);
    await fireEvent.click(await screen.findByTestId("review-sign-in"));
    const email = screen.getByTestId("sign-in-email") as HTMLInputElement;
    expect(email.value).toBe("john@hotdesk.example");
  });

  test("what is decided elsewhere goes from the list with the next snapshot", async () => {
    const port = await open();
    await screen.findByTestId("review-facts");
    port.waiting = REVIEWS.slice(1);
    port.push(office([sdr({ review: 2 })]));
    await vi.waitFor(() => expect(items().length).toBe(2));
    await tick();
    expect(items()[0]?.dataset.message).toBe("r-2");
  });
});
