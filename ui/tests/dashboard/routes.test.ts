import { describe, expect, test } from "vitest";
import { Keys, keysOf, PAIR_MS } from "../../src/dashboard/keys";
import { addressOf, PAGES, Router, routeOf } from "../../src/dashboard/router.svelte";

describe("addresses", () => {
  test("every page has one that leads back to it", () => {
    for (const page of PAGES) {
      expect(routeOf(addressOf(page), "").page).toBe(page);
      expect(routeOf(addressOf(page, "a/b ç"), "").id, "whatever the id").toBe("a/b ç");
    }
  });

  test("an address that is none of ours shows the SDRs", () => {
    for (const path of ["/", "/nothing", "/nothing/l-1", "//"]) {
      expect(routeOf(path, "")).toMatchObject({ page: "sdrs", id: null });
    }
    expect(routeOf("/leads/%E0%A4%A", "").id, "broken escapes are no error").toBeNull();
  });

  test("a filter is kept in the address, and the browser’s button comes back to a page", () => {
    const router = new Router();
    const stop = router.start();
    router.go("leads");
    router.keep({ search: "ana", status: "" });
    expect(location.pathname + location.search).toBe("/leads?search=ana");
    router.open("l-1");
    expect(location.search, "the filter stays while a lead is open").toBe("?search=ana");
    history.replaceState(null, "", "/audit");
    dispatchEvent(new PopStateEvent("popstate"));
    expect(router.route.page).toBe("audit");
    stop();
  });
});

describe("keys", () => {
  test("g and a letter open each page", () => {
    for (const page of PAGES) {
      const keys = new Keys();
      const [first = "", second = ""] = keysOf(page).split(" ");
      expect(keys.press(first, 0)).toBeNull();
      expect(keys.press(second, 100)).toEqual({ does: "go", page });
    }
  });

  test("a letter alone, too late or after another one does nothing", () => {
    const keys = new Keys();
    expect(keys.press("l", 0)).toBeNull();
    keys.press("g", 0);
    expect(keys.press("l", PAIR_MS + 1)).toBeNull();
    keys.press("g", 0);
    keys.press("q", 1);
    expect(keys.press("l", 2)).toBeNull();
  });

  test("/ searches and ? shows the keys", () => {
    expect(new Keys().press("/", 0)).toEqual({ does: "search" });
    expect(new Keys().press("?", 0)).toEqual({ does: "help" });
  });
});
