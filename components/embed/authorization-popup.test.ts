import { describe, expect, it, vi } from "vitest";
import { navigatePopup, ticketIn } from "./authorization-popup";

describe("the sign-in window", () => {
  it("is cut off from us before it goes to the third party", () => {
    const steps: string[] = [];
    const popup = {
      set opener(value: unknown) {
        steps.push(`opener ${value}`);
      },
      location: { replace: (url: string) => steps.push(url) },
    } as unknown as Window;
    navigatePopup(popup, "https://third.example/authorize");
    expect(steps).toEqual(["opener null", "https://third.example/authorize"]);
  });

  it("is read only once it shows our own page", () => {
    const foreign = {
      get document(): Document {
        throw new DOMException("Blocked a frame from accessing a cross-origin frame.", "SecurityError");
      },
    };
    expect(ticketIn(foreign)).toBeNull();
    const showing = (found: object | null) => ({ document: { querySelector: vi.fn(() => found) } as unknown as Document });
    expect(ticketIn(showing(null))).toBeNull();
    expect(ticketIn(showing({ value: "tkt_1" }))).toBe("tkt_1");
  });
});
