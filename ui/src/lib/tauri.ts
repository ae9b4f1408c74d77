import { commands, events } from "./generated/app";
import type { OfficePort, Outcome } from "./office";

/** A call that never reached the sender is a problem too, not an exception. */
async function reached<T>(call: Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await call;
  } catch {
    const message = "The app did not answer. Nothing was lost. Try it again.";
    return { status: "error", error: { code: "unknown", message } };
  }
}

/** Unlistens at once or, when it is not yet listening, as soon as it is. */
function stopper(listening: Promise<() => void>): () => void {
  return () => void listening.then((unlisten) => unlisten());
}

/** The real port: commands and events of src-tauri. */
export const tauriPort: OfficePort = {
  passphraseAsked: () => commands.passphraseAsked(),
  enterPassphrase: (passphrase) => reached(commands.enterPassphrase(passphrase)),
  view: () => commands.officeView(),
  onChanged: (callback) => stopper(events.officeChanged.listen(({ payload }) => callback(payload))),
  onSdrChosen: (callback) => stopper(events.sdrChosen.listen(({ payload }) => callback(payload))),
  signIn: (email, password) => reached(commands.signIn(email, password)),
  unlock: (sdr, pin) => reached(commands.unlock(sdr, pin)),
  choosePin: (current, pin) => reached(commands.choosePin(current, pin)),
  setStrict: (pin, on) => reached(commands.setStrict(pin, on)),
  lock: () => commands.lock(),
  order: (sdr, order) => reached(commands.order(sdr, order)),
  pauseAll: () => commands.pauseAll(),
  lookForPacks: () => commands.lookForPacks(),
  review: (sdr) => reached(commands.review(sdr)),
  decide: (sdr, message, generation, decision) =>
    reached(commands.decide(sdr, message, generation, decision)),
  showPage: (sdr) => reached(commands.showPage(sdr)),
  setPageArea: (area) => commands.setPageArea(area),
};
