import { describe, expect, it } from "vitest";
import { FakePage } from "./fake-page";

describe("the installed object", () => {
  it("is there with its four functions, frozen, and not to be listed or replaced", () => {
    const page = new FakePage();
    expect(
      page.run(`(() => {
        const name = "hotdesk_test_object";
        const object = globalThis[name];
        try { globalThis[name] = {}; } catch {}
        try { delete globalThis[name]; } catch {}
        try { object.submit = () => "forged"; } catch {}
        return [
          Object.keys(object).join(),
          Object.isFrozen(object) && Object.isFrozen(object.submit),
          Object.keys(globalThis).includes(name),
          globalThis[name] === object,
          object.submit("") !== "forged",
        ].join(" ");
      })()`),
      "page script can neither replace nor change what the app calls",
    ).toBe("submit,drain,probe,adopt true false true true");
  });

  it("takes the setup away before a script of the page can read it", () => {
    const page = new FakePage();
    expect(page.run(`"__HOTDESK_BRIDGE__" in globalThis`)).toBe(false);
  });

  it("is not installed on another origin, nor in a frame", () => {
    expect(new FakePage({ origin: "https://example.org" }).installed).toBeUndefined();
    expect(new FakePage({ framed: true }).installed).toBeUndefined();
    expect(
      new FakePage({ origin: "https://example.org" }).run(`"__HOTDESK_BRIDGE__" in globalThis`),
      "the setup is taken away there, too",
    ).toBe(false);
  });

  it("leaves every other name of the page's window as it was", () => {
    const names = `Object.getOwnPropertyNames(globalThis).filter((n) => n !== "hotdesk_test_object").sort().join()`;
    const without = new FakePage({ origin: "https://example.org" });
    expect(new FakePage().run(names)).toBe(without.run(names));
  });

  it("gives each load a generation of its own", () => {
    const generations = [1, 2, 3].map(() => new FakePage().probe().generation);
    expect(new Set(generations).size).toBe(3);
    expect(generations[0]).toMatch(/^[0-9a-f]{32}$/);
  });
});
