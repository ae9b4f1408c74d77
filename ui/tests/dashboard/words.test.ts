import { describe, expect, test } from "vitest";
import { actorWords, actWords } from "../../src/dashboard/audit/words";
import { causeWords, mayCancel, STATES } from "../../src/dashboard/messages/words";
import { requestOf } from "../../src/dashboard/review/queue.svelte";
import type { AuditRow, MessageEvent, MessageState } from "../../src/dashboard/wire";
import { choicesFor } from "../../src/lib/review";
import { variants } from "../variants";

const event = (cause: string, to: MessageState = "sent") => ({ cause, to }) as MessageEvent;

describe("words", () => {
  test("every cause the server’s log knows has a sentence of its own", () => {
    const causes = variants("server/src/store/types.rs", "Cause");
    expect(causes.length, "the enum was found").toBeGreaterThan(15);
    const said = causes.map((cause) => causeWords(event(cause)));
    expect(new Set(said).size).toBe(causes.length);
    for (const [at, words] of said.entries())
      expect(words, "no raw word is shown").not.toContain(causes[at] ?? "_");
    expect(causeWords(event("of_a_later_version"))).toContain("of_a_later_version");
  });

  test("every act of the audit has words of its own", () => {
    const acts = variants("protocol/src/audit.rs", "AuditAct");
    expect(acts.length, "the enum was found").toBeGreaterThan(20);
    const said = acts.map((act) => actWords(act).text);
    expect(new Set(said).size).toBe(acts.length);
    for (const act of acts) expect(actWords(act).text, act).not.toBe(act.replaceAll("_", " "));
  });

  test("so has a change of the rules, which only this server tells", () => {
    expect(actWords("settings_changed").text).toBe("changed the office’s rules");
    for (const act of ["webhook_added", "template_removed", "campaign_added"])
      expect(actWords(act).text, act).not.toBe(act.replaceAll("_", " "));
  });

  test("who did it is named, whoever it was", () => {
    const row = (changes: Partial<AuditRow>) =>
      ({
        actor: "sdr",
        sdrId: "john",
        who: null,
        toldBy: "john",
        act: "sent",
        ...changes,
      }) as AuditRow;
    const name = (id: string) => ({ john: "John", jane: "Jane" })[id] ?? id;
    expect(actorWords(row({}), name)).toBe("John");
    expect(actorWords(row({ who: "jane" }), name)).toBe("Jane");
    expect(actorWords(row({ actor: "manager", who: "Mia" }), name)).toBe("Mia");
    expect(actorWords(row({ actor: "nobody" }), name)).toContain("locked window");
  });

  test("only what was not begun may be withdrawn", () => {
    expect(STATES.filter(mayCancel)).toEqual(["queued", "leased", "dead"]);
    expect(STATES.length, "every state can be looked for").toBe(
      variants("protocol/src/session.rs", "MessageState").length,
    );
  });
});

describe("a decision from the browser", () => {
  test("goes to the desktop that began it, and to any only once the person has unlinked that one", () => {
    const asNew = (unlinked: boolean) => choicesFor("from_its_desktop", unlinked)[1]?.decision;
    expect(asNew(false)).toBe("send_as_new");
    expect(asNew(true)).toBe("send_as_new_unlinked");
    expect(requestOf("send_as_new", 3)).toEqual({
      decision: "resend",
      generation: 3,
      unlinked: false,
    });
    expect(requestOf("send_as_new_unlinked", 3)).toEqual({
      decision: "resend",
      generation: 3,
      unlinked: true,
    });
    expect(requestOf("arrived", 0).decision).toBe("sent");
    expect(requestOf("do_not_send", 0).decision).toBe("cancel");
  });
});
