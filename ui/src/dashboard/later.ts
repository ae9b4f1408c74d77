/** Does the last of several things asked for in quick succession, such as a search while typing. */
export function later(ms: number): { do: (act: () => void) => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    do(act) {
      clearTimeout(timer);
      timer = setTimeout(act, ms);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
