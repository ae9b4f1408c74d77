import { describe, expect, it } from "vitest";
import { textOrder, useOffice } from "./office";

/** Each sign of a logout by itself, in a page that in all else is linked and connected. */
describe("a link that has ended is seen by each sign alone:", () => {
  const office = useOffice();

  async function sendsNothing(): Promise<void> {
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.event({ type: "not_submitted", messageId: send.messageId });
    expect(await office.left(send)).toEqual([]);
  }

  const signs: readonly [string, string][] = [
    ["the login is gone", `require("SimAccount").forget()`],
    [
      "WhatsApp says that it begins to log out",
      `require("WAWebBackendEventBus").BackendEventBus.trigger("starting_logout")`,
    ],
    ["the socket is unpaired", `require("WAWebSocketModel").Socket.state = "UNPAIRED"`],
    [
      "the page shows a code",
      `document.body.append(Object.assign(document.createElement("div"), { id: "code" })); code.dataset.ref = "x"`,
    ],
    ["the page says that it logs out", `app.textContent = "Logging out"`],
  ];

  it.each(signs)("%s", async (_, script) => {
    await office.profile.evaluate(`${script}; "done"`);
    await office.profile.until({ state: "logged_out" });
    await sendsNothing();
    await office.profile.page.goto(office.rehearsal.url);
    await office.profile.until({ state: "connected" });
  });

  it("the address; and it says nothing any more once the page was reloaded", async () => {
    await office.profile.page.goto(`${office.rehearsal.url}/?post_logout=1&logout_reason=0`);
    await office.profile.until({ state: "logged_out" });
    await sendsNothing();
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    const send = textOrder();
    await office.profile.submit(send);
    await office.reaches(send, "server");
    await office.profile.page.goto(office.rehearsal.url);
  });
});
