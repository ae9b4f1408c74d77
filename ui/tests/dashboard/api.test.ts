import { describe, expect, test, vi } from "vitest";
import { Api, pathWith } from "../../src/dashboard/api";
import { server } from "./support/office";

describe("calls to the server", () => {
  test("whatever changes something carries the session’s token, a read does not", async () => {
    const { ask, calls } = server({
      "GET /api/sdrs": { body: { sdrs: [] } },
      "POST /api/x": { status: 204 },
    });
    const api = new Api(ask);
    api.csrfToken = "c5rf";
    await api.get("/api/sdrs");
    await api.send("POST", "/api/x", { a: 1 });
    expect(calls.map(({ csrf }) => csrf)).toEqual([null, "c5rf"]);
    expect(calls[1]?.body).toEqual({ a: 1 });
  });

  test("the server’s own words reach the person", async () => {
    const problem = { code: "forbidden", message: "You may not see this." };
    const api = new Api(server({ "GET /api/sdrs": { status: 403, body: problem } }).ask);
    expect(await api.get("/api/sdrs")).toEqual({ status: "error", error: problem });
  });

  test("without an answer a read says that nothing was changed, a change that it is not known", async () => {
    const api = new Api(server({}).ask);
    const read = await api.get("/api/sdrs");
    const change = await api.send("POST", "/api/x");
    expect(read.status === "error" && read.error.message).toContain("nothing was changed");
    expect(change.status === "error" && change.error.message).toContain("not known whether");
  });

  test("an answer that is no JSON is told as one, not thrown", async () => {
    const api = new Api((async () => new Response("<html>", { status: 200 })) as typeof fetch);
    const outcome = await api.get("/api/sdrs");
    expect(outcome.status === "error" && outcome.error.code).toBe("bad_answer");
    const gateway = new Api((async () => new Response("<html>", { status: 502 })) as typeof fetch);
    const failed = await gateway.get("/api/sdrs");
    expect(failed.status === "error" && failed.error.code).toBe("server_error");
  });

  test("401 ends the session, but not that of a form that is just being filled in", async () => {
    const { ask } = server({
      "GET /api/sdrs": { status: 401, body: { code: "unauthorized", message: "" } },
    });
    const api = new Api(ask);
    api.onSignedOut = vi.fn();
    await api.get("/api/sdrs");
    expect(api.onSignedOut, "nobody was signed in").not.toHaveBeenCalled();
    api.csrfToken = "c5rf";
    await api.get("/api/sdrs");
    expect(api.onSignedOut).toHaveBeenCalledOnce();
  });

  test("a filter that asks for nothing stays out of the address", () => {
    expect(pathWith("/api/leads", { search: "", sdrId: null, limit: 100, desc: false })).toBe(
      "/api/leads?limit=100&desc=false",
    );
    expect(pathWith("/api/leads", {})).toBe("/api/leads");
    expect(pathWith("/a", { search: "a&b=ç" })).toBe("/a?search=a%26b%3D%C3%A7");
  });
});
