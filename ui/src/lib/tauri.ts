import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { OfficePort, OfficeView, Outcome, Problem } from "./office";

function isProblem(thrown: unknown): thrown is Problem {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown;
}

async function outcome<T>(call: Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await call };
  } catch (thrown) {
    const problem: Problem = isProblem(thrown)
      ? thrown
      : { code: "unknown", message: "The app did not answer. Nothing was lost. Try it again." };
    return { ok: false, problem };
  }
}

function subscribe<T>(event: string, callback: (payload: T) => void): () => void {
  const stop = listen<T>(event, (message) => callback(message.payload));
  return () => void stop.then((unlisten) => unlisten());
}

/** The real port: commands and events of src-tauri. */
export const tauriPort: OfficePort = {
  view: () => invoke<OfficeView>("office_view"),
  onChanged: (callback) => subscribe<OfficeView>("office-changed", callback),
  onSdrChosen: (callback) => subscribe<string>("sdr-chosen", callback),
  signIn: (email, password) => outcome(invoke<string>("sign_in", { email, password })),
  order: (sdr, order) => outcome(invoke<null>("order", { sdr, order })),
  pauseAll: () => invoke("pause_all"),
  showPage: (sdr) => invoke("show_page", { sdr }),
  setPageArea: (area) => invoke("set_page_area", { area }),
};
