import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";

// Bounds for a loaded machine, not expectations.
configure({ asyncUtilTimeout: 8_000 });

// jsdom draws nothing: without sizes the virtual list would be a list of no rows.
class NoResizes implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
vi.stubGlobal("ResizeObserver", NoResizes);
Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: {
    get(this: HTMLElement): number {
      return this.getAttribute("role") === "option" ? 97 : 2_400;
    },
    configurable: true,
  },
  clientHeight: { get: (): number => 2_400, configurable: true },
  clientWidth: { get: (): number => 400, configurable: true },
  offsetWidth: { get: (): number => 400, configurable: true },
});
Element.prototype.scrollTo = function scrollTo() {} as typeof Element.prototype.scrollTo;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.hasPointerCapture = () => false;
Element.prototype.releasePointerCapture = () => undefined;

beforeEach(() => {
  document.documentElement.lang = "en";
});
afterEach(() => {
  cleanup();
});
