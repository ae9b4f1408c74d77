import { beforeEach } from "vitest";

/** jsdom has no layout, so it has no ResizeObserver either. */
class QuietResizeObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

globalThis.ResizeObserver = QuietResizeObserver;

beforeEach(() => {
  localStorage.clear();
});
