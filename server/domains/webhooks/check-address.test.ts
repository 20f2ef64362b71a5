import { describe, expect, test } from "vitest";
import { checkAddress } from "./check-address";

const live = { kind: "live", allowLoopback: false } as const;
const development = { kind: "test", allowLoopback: true } as const;

describe("the address of a webhook endpoint", () => {
  test.each([
    ["nonsense", /not a URL/],
    ["ftp://example.com/", /https/],
    ["http://example.com/hook", /https/],
    ["https://user:pass@example.com/", /signed instead/],
    ["https://example.com:22/", /port 22/],
    ["https://127.0.0.1/hook", /this server itself/],
    ["https://0x7f000001/hook", /this server itself/],
    ["https://[::1]/hook", /this server itself/],
    ["https://api.localhost/hook", /this server itself/],
    ["https://10.0.0.8/hook", /private address.*tunnel/],
    ["https://192.168.1.4/hook", /private address/],
    ["https://169.254.169.254/latest", /private address/],
    ["https://[fd00::1]/hook", /private address/],
  ])("%s is refused with its reason", async (url, words) => {
    await expect(checkAddress(url, live)).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(words) });
  });

  test("a public address is kept without its fragment; loopback only in a test environment that allows it", async () => {
    expect(await checkAddress("https://1.1.1.1/hook?x=1#top", live)).toBe("https://1.1.1.1/hook?x=1");
    expect(await checkAddress("http://127.0.0.1:4800/hook", development)).toBe("http://127.0.0.1:4800/hook");
    await expect(checkAddress("http://127.0.0.1/", { kind: "live", allowLoopback: true })).rejects.toMatchObject({ code: "invalid" });
    await expect(checkAddress("https://10.0.0.1/", development)).rejects.toMatchObject({ code: "invalid" });
  });

  test("a name that nobody knows yet is taken: the delivery log will tell", async () => {
    expect(await checkAddress("https://not-there-yet.invalid/hook", live)).toBe("https://not-there-yet.invalid/hook");
  });
});
