import { describe, expect, it, vi } from "vitest";
import { createSessionToken } from "./session-token";

describe("session token", () => {
  it("asks the page once for many who find it expired", async () => {
    const ask = vi.fn();
    const token = createSessionToken(ask);
    token.accept("ems_1");
    const all = [token.renew(), token.renew()];
    token.accept("ems_2");
    expect(await Promise.all(all)).toEqual(["ems_2", "ems_2"]);
    expect(ask).toHaveBeenCalledOnce();
    expect(token.current()).toBe("ems_2");
  });

  it("asks again for the next expiry", async () => {
    const token = createSessionToken(() => token.accept("ems_2"));
    expect(await token.renew()).toBe("ems_2");
    expect(await token.renew()).toBe("ems_2");
  });

  it("keeps the old one when the page has no new one", async () => {
    const token = createSessionToken(() => {});
    token.accept("ems_1");
    const renewed = token.renew();
    token.accept("");
    expect(await renewed).toBeNull();
    expect(token.current()).toBe("ems_1");
  });

  it("gives up on a page that does not answer", async () => {
    const token = createSessionToken(() => {}, 5);
    expect(await token.renew()).toBeNull();
  });
});
