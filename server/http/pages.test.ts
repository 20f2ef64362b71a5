import { expect, test } from "vitest";
import { contentSecurity } from "./content-security";
import { otherHost } from "./demo-request";

const env = { origin: "http://127.0.0.1:4600", demo: { origin: "http://localhost:4600", secretKey: "", webhookSecret: "" } };

test.each([
  ["localhost:4600", "/", "http://localhost:4600/demo"],
  ["localhost:4600", "/demo", null],
  ["localhost:4600", "/demo/events?x=1", null],
  ["localhost:4600", "/overview?x=1", "http://127.0.0.1:4600/overview?x=1"],
  ["localhost:4600", "/embed/pk_test_x", "http://127.0.0.1:4600/embed/pk_test_x"],
  ["localhost:4600", "/_next/static/a.js", null],
  ["localhost:4600", "/v1/inlay.js", null],
  ["127.0.0.1:4600", "/demo/mail", "http://localhost:4600/demo/mail"],
  ["127.0.0.1:4600", "/demographics", null],
  ["127.0.0.1:4600", "/overview", null],
  ["localhost:4600", "//evil.example", null],
])("in the demo %s%s → %s", (host, path, target) => expect(otherHost(env, host, path)).toBe(target));

test("outside the demo nobody is sent anywhere", () => {
  expect(otherHost({ ...env, demo: null }, "localhost:4600", "/demo")).toBeNull();
});

test("only the environment's origins may frame the marketplace, nobody any other page, and no inline script runs", () => {
  const embed = contentSecurity({ embed: ["https://app.acme.example", "https://b.example"] }, "abc", false);
  expect(embed).toContain("frame-ancestors https://app.acme.example https://b.example");
  for (const policy of [
    contentSecurity("app", "abc", false),
    contentSecurity({ embed: [] }, "abc", false),
    contentSecurity({ demoFrames: "https://i" }, "abc", false),
  ]) {
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("object-src 'none'");
    const scripts = policy.split("; ").find((part) => part.startsWith("script-src"));
    expect(scripts).toContain("'nonce-abc'");
    expect(scripts).not.toContain("unsafe");
  }
});
