import { describe, expect, it, vi } from "vitest";
import { createSessionToken, SessionRefused } from "./session-token";

describe("session token", () => {
  it("makes callers wait for the first one", async () => {
    const token = createSessionToken(() => {});
    const first = token.current();
    token.accept("ems_1");
    expect(await first).toBe("ems_1");
  });

  it("asks the page once for many who find it expired", async () => {
    const ask = vi.fn();
    const token = createSessionToken(ask);
    token.accept("ems_1");
    const all = [token.renew(), token.renew(), token.current()];
    token.accept("ems_2");
    expect(await Promise.all(all)).toEqual(["ems_2", "ems_2", "ems_2"]);
    expect(ask).toHaveBeenCalledOnce();
  });

  it("says so when the page has none, and recovers when it has one later", async () => {
    const token = createSessionToken(() => {});
    const first = token.current();
    token.accept("");
    await expect(first).rejects.toBeInstanceOf(SessionRefused);
    token.accept("ems_1");
    expect(await token.current()).toBe("ems_1");
  });

  it("gives up on a page that does not answer", async () => {
    const token = createSessionToken(() => {}, 5);
    token.accept("ems_1");
    await expect(token.renew()).rejects.toBeInstanceOf(SessionRefused);
    expect(await token.current()).toBe("ems_1");
  });
});
