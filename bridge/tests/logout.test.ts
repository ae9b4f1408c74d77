import { describe, expect, it } from "vitest";
import { connectedPage, FakePage } from "./fake-page";
import { FakeWhatsapp, LEAD } from "./fake-whatsapp";

const AFTER_LOGOUT = "?post_logout=1&logout_reason=0";
const SEND = {
  type: "send_text",
  messageId: "message-1",
  waMessageId: "3EB0AAAAAAAAAAAAAAAAAA",
  phone: `+${LEAD}`,
  text: "Hello",
};

/** A load that says in every other way that it is linked and connected. */
function linkedPage(options: { search?: string; reloaded?: boolean } = {}): FakePage {
  const whatsapp = new FakeWhatsapp();
  whatsapp.link();
  const page = new FakePage({ whatsapp, ...options });
  page.settle();
  return page;
}

describe("a link that has ended is seen by each sign alone:", () => {
  const signs: readonly [string, (page: FakePage) => void][] = [
    [
      "the login is gone",
      ({ whatsapp }) => {
        whatsapp.loggedIn = false;
      },
    ],
    [
      "WhatsApp says that it begins to log out",
      ({ whatsapp }) => whatsapp.events.trigger("starting_logout"),
    ],
    [
      "the socket is unpaired",
      ({ whatsapp }) => {
        whatsapp.socket.state = "UNPAIRED";
      },
    ],
    ["the page shows a code", ({ whatsapp }) => whatsapp.show("div[data-ref]")],
    [
      "the page shows that it logs out",
      ({ whatsapp }) => whatsapp.show("[data-testid='logging-out']"),
    ],
    [
      "the page says so in words, where its chats were",
      ({ whatsapp }) => {
        whatsapp.elements.clear();
        whatsapp.show("#app", {}, "Logging out");
      },
    ],
  ];

  it.each(signs)("%s", async (_, give) => {
    const page = linkedPage();
    expect(page.probe().state, "before").toBe("connected");
    give(page);
    expect(page.probe()).toMatchObject({ state: "logged_out", quietMs: 0 });
    page.submit(SEND);
    await page.turn();
    expect(page.whatsapp.handed, "nothing is handed over on the other signs' word").toEqual([]);
  });

  it("the address, however linked the rest looks", () => {
    expect(linkedPage().probe().state, "without it").toBe("connected");
    expect(linkedPage({ search: AFTER_LOGOUT }).probe().state).toBe("logged_out");
    expect(new FakePage({ search: AFTER_LOGOUT }).settle().state, "nor linked").toBe("logged_out");
  });

  it("the login, in a load that was never linked but has its chats", () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.link();
    whatsapp.loggedIn = false;
    expect(new FakePage({ whatsapp }).settle().state).toBe("logged_out");
  });
});

describe("an address that is left over from a logout", () => {
  it("says nothing after a reload of the page, which keeps it", () => {
    expect(linkedPage({ search: AFTER_LOGOUT, reloaded: true }).probe().state).toBe("connected");
  });

  it("says nothing once somebody has linked this very page", () => {
    const page = new FakePage({ search: AFTER_LOGOUT });
    page.whatsapp.show("div[data-ref]", {
      "data-ref": "https://wa.me/settings/linked_devices#2@a",
    });
    expect(page.settle().state).toBe("qr");
    page.whatsapp.link();
    expect(page.probe().state).toBe("connected");
  });
});

describe("a page that logs out", () => {
  it("and shows a code without a new load can be linked again", () => {
    const page = connectedPage();
    page.whatsapp.events.trigger("starting_logout");
    expect(page.probe().state).toBe("logged_out");
    page.whatsapp.loggedIn = false;
    page.whatsapp.elements.clear();
    page.whatsapp.show("div[data-ref]", {
      "data-ref": "https://wa.me/settings/linked_devices#2@a",
    });
    expect(page.probe().state).toBe("qr");
    page.whatsapp.link();
    expect(page.probe().state, "the new link counts").toBe("connected");
  });

  it("is read by what it shows where its modules no longer tell", () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.modules.delete("WAWebStreamModel");
    whatsapp.modules.delete("WAWebConnModel");
    whatsapp.show("#side");
    const page = new FakePage({ whatsapp, search: AFTER_LOGOUT });
    expect(page.settle()).toMatchObject({ adapter: "page", state: "logged_out" });
  });

  it("without the event bus still tells by the other signs", () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.modules.delete("WAWebBackendEventBus");
    const page = connectedPage({ whatsapp });
    expect(page.probe()).toMatchObject({ state: "connected", missing: [] });
    whatsapp.loggedIn = false;
    expect(page.probe().state).toBe("logged_out");
  });
});
