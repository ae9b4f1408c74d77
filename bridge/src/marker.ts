import { apply } from "./builtins";
import type { Problem } from "./generated/protocol";
import { problem } from "./problem";

const KEY = "hotdesk.marker";

/** The marker in the page's storage by which the app knows a profile again. */
export interface Marker {
  read(): string | null;
  /** Writes it unless there is one. Null, or why it cannot be written. */
  write(marker: string): Problem | null;
}

/** Opens the marker of this page. */
export function openMarker(): Marker {
  const storage = openStorage();
  const refused = problem(
    "page_unresponsive",
    "The page's storage cannot be written, so the profile cannot be recognised. Nothing was sent. Check the free space of the disk.",
  );

  function read(): string | null {
    try {
      const found = storage === null ? null : apply(storage.getItem, storage.area, [KEY]);
      return typeof found === "string" && found.length <= 200 ? found : null;
    } catch {
      return null;
    }
  }

  return {
    read,
    write(marker) {
      if (read() !== null) {
        return null;
      }
      try {
        if (storage === null) {
          return refused;
        }
        apply(storage.setItem, storage.area, [KEY, marker]);
      } catch {
        return refused;
      }
      return read() === marker ? null : refused;
    },
  };
}

function openStorage(): {
  readonly area: Storage;
  readonly getItem: Storage["getItem"];
  readonly setItem: Storage["setItem"];
} | null {
  try {
    const area = localStorage;
    return { area, getItem: area.getItem, setItem: area.setItem };
  } catch {
    return null;
  }
}
