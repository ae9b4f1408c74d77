import { configure } from "@testing-library/svelte";
import { beforeEach } from "vitest";

configure({ asyncUtilTimeout: 10_000 });

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
