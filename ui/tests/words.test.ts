import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Capability, MessageState, ProblemCode, SessionState } from "../src/lib/office";
import {
  capabilityWords,
  confirmWords,
  messageWords,
  problemWords,
  sessionWords,
} from "../src/lib/words";

/** The snake_case names of a Rust enum's variants: the words must cover what the agent can say. */
function variants(file: string, name: string): string[] {
  const source = readFileSync(join(import.meta.dirname, "../../crates/protocol/src", file), "utf8");
  const body = new RegExp(`pub enum ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source)?.[1] ?? "";
  return [...body.matchAll(/^ {4}([A-Z]\w*),$/gm)].map((match) =>
    (match[1] ?? "").replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase(),
  );
}

describe("words", () => {
  test("every session state has a label and a sentence", () => {
    const states = variants("session.rs", "SessionState");
    expect(states.length, "the enum was found").toBeGreaterThan(10);
    for (const state of states) {
      const words = sessionWords(state as SessionState);
      expect(words?.label, state).toBeTruthy();
      expect(words.sentence, `${state} ends its sentence`).toMatch(/[.]$/);
    }
  });

  test("no two session states share a label", () => {
    const labels = variants("session.rs", "SessionState").map(
      (state) => sessionWords(state as SessionState).label,
    );
    expect(new Set(labels).size).toBe(labels.length);
  });

  test("every message state has words", () => {
    const states = variants("session.rs", "MessageState");
    expect(states.length, "the enum was found").toBe(10);
    for (const state of states) {
      expect(messageWords(state as MessageState)?.label, state).toBeTruthy();
    }
  });

  test("every problem code has a title and says what to do next", () => {
    const codes = variants("problem.rs", "ProblemCode");
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
    const capabilities = variants("bridge.rs", "Capability");
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
