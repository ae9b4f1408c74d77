import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, test } from "vitest";
import {
  inserted,
  needs,
  piecesOf,
  problemsOf,
  VARIABLES,
  variableWords,
} from "../../src/dashboard/templates/variables";
import type { Template, TemplateRequest } from "../../src/dashboard/wire";
import { open as openApp, type server } from "./support/office";

const template = (id: string, name: string, text: string): Template => ({
  id,
  name,
  text,
  variables: ["first_name"],
  changedAtMs: 1_000_000,
  changedBy: "Mia Tavares",
});
const FIRST = template(
  "t-1",
  "First message",
  "Hello {{first_name}}, how is {{company|the shop}}?",
);
const SECOND = template("t-2", "Second", "Still there?");

function open(path = "/templates", answers: Parameters<typeof server>[0] = {}) {
  let all = [FIRST, SECOND];
  return openApp("manager", path, {
    "GET /api/templates": () => ({ body: { templates: all } }),
    "POST /api/templates": ({ body }) => {
      const { name, text } = body as TemplateRequest;
      const made = template("t-3", name, text);
      all = [...all, made];
      return { status: 201, body: made };
    },
    "DELETE /api/templates/t-2": () => {
      all = [FIRST];
      return { status: 204 };
    },
    ...answers,
  });
}

const click = (what: string) => fireEvent.click(screen.getByTestId(what));
const type = (field: string, value: string) =>
  fireEvent.input(screen.getByTestId(field), { target: { value } });

beforeEach(() => {
  history.replaceState(null, "", "/");
});

describe("the templates page", () => {
  test("finds a template by its name and by its text", async () => {
    open();
    await screen.findAllByTestId("template");
    await type("search", "there");
    expect(screen.getAllByTestId("template").map((one) => one.textContent)).toEqual([
      expect.stringContaining("Second"),
    ]);
    await type("search", "zzz");
    await click("forget-filters");
    expect(screen.getAllByTestId("template")).toHaveLength(2);
  });

  test("writes one with an example of how it reads, and none that would be refused", async () => {
    const { calls } = open();
    await screen.findAllByTestId("template");
    await click("template-new");
    await click("template-save");
    expect((await screen.findByTestId("template-name-fault")).textContent).toContain("name");
    expect(document.activeElement).toBe(screen.getByTestId("template-name"));
    await type("template-name", " Third ");
    await type("template-text", "Hello {{firstname}}");
    expect(screen.getByTestId("template-text-problems").textContent).toContain("“firstname”");
    await click("template-save");
    expect(calls.some(({ method }) => method === "POST")).toBe(false);
    await type("template-text", "Hello {{first_name}}");
    expect(screen.getByTestId("template-example").textContent?.trim()).toBe("Hello Ana");
    await click("template-save");
    await waitFor(() => expect(screen.getAllByTestId("template")).toHaveLength(3));
    expect(calls.find(({ method }) => method === "POST")?.body).toEqual({
      name: "Third",
      text: "Hello {{first_name}}",
    });
    expect(screen.queryByTestId("template-dialog")).toBeNull();
    expect(location.pathname).toBe("/templates");
  });

  test("a name that is taken is said, and what was written stays", async () => {
    open("/templates/t-1", {
      "PUT /api/templates/t-1": {
        status: 409,
        body: { code: "bad_request", message: "Another template has this name." },
      },
    });
    await screen.findByTestId("template-dialog");
    await type("template-name", "second");
    await click("template-save");
    expect((await screen.findByTestId("template-problem")).textContent).toContain(
      "Another template",
    );
    expect((screen.getByTestId("template-name") as HTMLInputElement).value).toBe("second");
  });

  test("what was changed is not lost by a slip of the hand", async () => {
    const { dashboard } = open("/templates/t-1");
    await screen.findByTestId("template-dialog");
    await click("template-cancel");
    await waitFor(() =>
      expect(screen.queryByTestId("template-dialog"), "nothing was changed").toBeNull(),
    );
    await fireEvent.click(screen.getAllByTestId("template-open")[0] as HTMLElement);
    await screen.findByTestId("template-dialog");
    await type("template-text", "Hello there");
    await fireEvent.keyDown(screen.getByTestId("template-text"), { key: "Escape" });
    await screen.findByTestId("discard-draft");
    await click("go-on-writing");
    dashboard.router.go("leads");
    await screen.findByTestId("discard-draft");
    expect(location.pathname).toBe("/templates/t-1");
    await click("go-on-writing");
    await click("template-cancel");
    await click("discard-anyway");
    await waitFor(() => expect(screen.queryByTestId("template-dialog")).toBeNull());
    expect(location.pathname).toBe("/templates");
  });

  test("asks before it deletes one", async () => {
    const { calls } = open();
    await screen.findAllByTestId("template");
    await fireEvent.click(screen.getAllByTestId("template-delete")[1] as HTMLElement);
    expect(screen.getByTestId("template-remove").textContent).toContain("Delete “Second”?");
    expect(calls.some(({ method }) => method === "DELETE")).toBe(false);
    await click("template-remove-confirm");
    await waitFor(() => expect(screen.getAllByTestId("template")).toHaveLength(1));
  });

  test("begins a campaign with one", async () => {
    open("/templates", {
      "GET /api/settings": { body: { timeZone: "UTC" } },
      "GET /api/campaigns": { body: { campaigns: [], next: null } },
      "GET /api/leads": { body: { leads: [], next: null, total: 0 } },
      "POST /api/campaigns/preview": {
        body: {
          problems: [],
          variables: [],
          total: 0,
          willGet: 0,
          skipped: [],
          previews: [],
          firstMessages: 0,
        },
      },
    });
    await screen.findAllByTestId("template");
    await fireEvent.click(screen.getAllByTestId("template-use")[0] as HTMLElement);
    await waitFor(() =>
      expect((screen.getByTestId("campaign-text") as HTMLTextAreaElement).value).toBe(FIRST.text),
    );
  });
});

describe("a text with blanks", () => {
  test("is taken apart as the server does", () => {
    expect(piecesOf("a {{ company | your shop }} b")).toEqual([
      { kind: "words", text: "a " },
      {
        kind: "blank",
        text: "{{ company | your shop }}",
        variable: "company",
        fallback: "your shop",
      },
      { kind: "words", text: " b" },
    ]);
    expect(problemsOf("{{name}} {single} }}")).toEqual([]);
    expect(problemsOf("{{}}")).toEqual([expect.stringContaining("no variable between")]);
    expect(problemsOf("{{nome}} {{nome}}"), "each once").toEqual([
      expect.stringContaining("“nome”"),
    ]);
    expect(problemsOf("{{company|}}")).toEqual([expect.stringContaining("Nothing stands after")]);
    expect(problemsOf("Hi {{name")).toEqual([expect.stringContaining("has no")]);
    expect(problemsOf(" ")).toEqual(["Write the text first."]);
  });

  test("needs a value where it says nothing instead", () => {
    expect(needs("We are {{ office }}", "office")).toBe(true);
    expect(needs("We are {{office|Almar}}, {{name}}", "office")).toBe(false);
  });

  test("takes a variable where the cursor is, instead of what is selected", () => {
    expect(inserted("Hello X!", 6, 7, "name")).toEqual({ text: "Hello {{name}}!", at: 14 });
  });

  test("every variable has words and an example of its own", () => {
    const all = VARIABLES.map(variableWords);
    expect(new Set(all.map(({ label, whose }) => whose + label)).size).toBe(VARIABLES.length);
    expect(all.every(({ example }) => example !== "")).toBe(true);
  });
});
