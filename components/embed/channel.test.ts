import { describe, expect, it, vi } from "vitest";
import { type FrameWindow, hostOrigins, openChannel } from "./channel";

const NONCE = "0123456789abcdef0123456789abcdef";
const ACME = "https://app.acme.example";

function fakeFrame(told: { ancestor?: string; referrer?: string } = {}) {
  const parent = { postMessage: vi.fn() };
  const listeners = new Set<(event: unknown) => void>();
  const frame = {
    parent: parent as unknown as Window,
    location: told.ancestor ? { ancestorOrigins: { length: 1, item: () => told.ancestor ?? null } } : {},
    document: { referrer: told.referrer ?? "" },
    addEventListener: (_type: string, listener: (event: unknown) => void) => listeners.add(listener),
    removeEventListener: (_type: string, listener: (event: unknown) => void) => listeners.delete(listener),
  } as unknown as FrameWindow;
  const deliver = (event: { origin: string; source: unknown; data: unknown }) => {
    for (const listener of listeners) listener(event);
  };
  return { frame, parent, deliver, listeners };
}
const session = { inlay: 1, nonce: NONCE, type: "session", token: "ems_1", page: `${ACME}/integrations` };

describe("A-50: who the frame speaks to", () => {
  it("only the origin the browser names, and only when it is allowed", () => {
    expect(hostOrigins(fakeFrame({ ancestor: ACME }).frame, [ACME, "https://b.example"])).toEqual([ACME]);
    expect(hostOrigins(fakeFrame({ referrer: `${ACME}/x?y` }).frame, [ACME, "https://b.example"])).toEqual([ACME]);
    expect(hostOrigins(fakeFrame({ ancestor: `${ACME}.evil.example` }).frame, [ACME])).toEqual([]);
    expect(hostOrigins(fakeFrame().frame, [ACME])).toEqual([ACME]);
  });

  it("never posts to everyone", () => {
    const { frame, parent } = fakeFrame();
    openChannel(frame, [ACME, "https://b.example"], () => {}, NONCE);
    expect(parent.postMessage.mock.calls.map(([, origin]) => origin)).toEqual([ACME, "https://b.example"]);
  });
});

describe("A-50: whom the frame listens to", () => {
  it("takes a session from the page above", () => {
    const { frame, parent, deliver } = fakeFrame({ ancestor: ACME });
    const heard = vi.fn();
    openChannel(frame, [ACME], heard, NONCE);
    deliver({ origin: ACME, source: parent, data: session });
    expect(heard).toHaveBeenCalledOnce();
  });

  it.each([
    ["another origin", { origin: `${ACME}.evil.example` }],
    ["another window of the right origin", { source: {} }],
    ["another nonce", { data: { ...session, nonce: "f".repeat(32) } }],
    ["a null origin", { origin: "null" }],
  ])("ignores %s", (_name, wrong) => {
    const { frame, parent, deliver } = fakeFrame({ ancestor: ACME });
    const heard = vi.fn();
    openChannel(frame, [ACME], heard, NONCE);
    deliver({ origin: ACME, source: parent, data: session, ...wrong });
    expect(heard).not.toHaveBeenCalled();
  });

  it("hears nothing after it was closed", () => {
    const { frame, listeners } = fakeFrame({ ancestor: ACME });
    openChannel(frame, [ACME], () => {}, NONCE).close();
    expect(listeners.size).toBe(0);
  });
});
