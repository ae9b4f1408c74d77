import { describe, expect, test } from "vitest";
import type { Capability, MessageState, ProblemCode, SessionState } from "../src/lib/office";
import {
  capabilityWords,
  confirmWords,
  messageWords,
  problemWords,
  sessionWords,
} from "../src/lib/words";
import { variants } from "./variants";

describe("words", () => {
  test("every session state has a label and a sentence", () => {
    const states = variants("protocol/src/session.rs", "SessionState");
    expect(states.length, "the enum was found").toBeGreaterThan(10);
    for (const state of states) {
      const words = sessionWords(state as SessionState);
      expect(words?.label, state).toBeTruthy();
      expect(words.sentence, `${state} ends its sentence`).toMatch(/[.]$/);
    }
  });

  test("no two session states share a label", () => {
    const labels = variants("protocol/src/session.rs", "SessionState").map(
      (state) => sessionWords(state as SessionState).label,
    );
    expect(new Set(labels).size).toBe(labels.length);
  });

  test("every message state has words", () => {
    const states = variants("protocol/src/session.rs", "MessageState");
    expect(states.length, "the enum was found").toBe(10);
    for (const state of states) {
      expect(messageWords(state as MessageState)?.label, state).toBeTruthy();
    }
  });

  test("every problem code has a title and says what to do next", () => {
    const codes = variants("protocol/src/problem.rs", "ProblemCode");
    expect(codes.length, "the enum was found").toBeGreaterThan(20);
    for (const code of codes) {
      const words = problemWords(code as ProblemCode);
      const fallsBack = words.title === problemWords("unknown").title;
      expect(fallsBack, `${code} has words of its own`).toBe(code === "unknown");
      expect(words.next, `${code} ends its sentence`).toMatch(/[.]$/);
      expect(words.title.length, `${code}: the title fits a tile`).toBeLessThan(30);
    }
  });

  test("everything the app needs of a page has words for when it is missing", () => {
    const capabilities = variants("protocol/src/bridge.rs", "Capability");
    expect(capabilities.length, "the enum was found").toBe(8);
    const words = capabilities.map((one) => capabilityWords(one as Capability));
    expect(words.every(Boolean)).toBe(true);
    expect(new Set(words).size).toBe(words.length);
  });

  test("removing says what is deleted and what is not", () => {
    const words = confirmWords("remove", "John");
    expect(words.gone.join(" ")).toContain("WhatsApp profile");
    expect(words.stays.join(" ")).toContain("chats on the phone");
  });
});
