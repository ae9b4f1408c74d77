/** Does the last of several things asked for in quick succession, such as a search while typing. */
export function later(ms: number): {
  do: (act: () => void, wait?: number) => void;
  stop: () => void;
} {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    do(act, wait = ms) {
      clearTimeout(timer);
      timer = setTimeout(act, wait);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
