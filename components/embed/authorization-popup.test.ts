import { afterEach, describe, expect, it, vi } from "vitest";
import { sayIn } from "#server/words/messages";
import { navigatePopup, openPopup, ticketIn } from "./authorization-popup";

afterEach(() => vi.unstubAllGlobals());

describe("the sign-in window", () => {
  it("is closed when the page goes before the window has somewhere to go, and left alone afterwards", () => {
    const opening = () => {
      const popup = { closed: false, close: vi.fn(), document: { title: "", body: { style: {} } }, location: { replace: vi.fn() } };
      const page = Object.assign(new EventTarget(), { open: () => popup, screenX: 0, screenY: 0, outerWidth: 800, outerHeight: 600 });
      vi.stubGlobal("window", page);
      openPopup("HubSpot", sayIn("en"));
      return { popup, leave: () => page.dispatchEvent(new Event("pagehide")) };
    };
    const early = opening();
    early.leave();
    expect(early.popup.close).toHaveBeenCalledOnce();
    const later = opening();
    navigatePopup(later.popup as unknown as Window, "https://third.example/authorize");
    later.leave();
    expect(later.popup.close).not.toHaveBeenCalled();
  });

  it("A-60: is cut off from us before it goes to the third party", () => {
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

  it("A-60: is read only once it shows our own page", () => {
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
