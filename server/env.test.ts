import { expect, test } from "vitest";
import { EnvError, readEnv } from "./env";

const good = {
  DATABASE_URL: "postgres://u:p@127.0.0.1:5432/inlay",
  INLAY_ORIGIN: "http://127.0.0.1:4600",
  INLAY_KEYS: `k1:${Buffer.alloc(32, 1).toString("base64")},k0:${Buffer.alloc(32, 2).toString("base64")}`,
  NEXTAUTH_SECRET: "x".repeat(32),
  SMTP_URL: "smtp://127.0.0.1:25",
};

test("reads a small environment with defaults", () => {
  const env = readEnv(good);
  expect(env).toMatchObject({
    origin: "http://127.0.0.1:4600",
    port: 4600,
    host: null,
    demo: null,
    temporal: { address: "127.0.0.1:7233", tls: false },
  });
  expect(env.keys.current).toBe("k1");
  expect(env.keys.all["k0"]).toHaveLength(32);
});

test("names every fault at once, and never repeats a secret", () => {
  const read = () =>
    readEnv({ INLAY_ORIGIN: "http://x/path", INLAY_KEYS: "k1:c2hvcnQ=", NEXTAUTH_SECRET: "short-secret", TEMPORAL_ADDRESS: "nowhere" });
  expect(read).toThrow(EnvError);
  let message = "";
  try {
    read();
  } catch (error) {
    message = (error as Error).message;
  }
  for (const name of [
    "DATABASE_URL is not set",
    "INLAY_ORIGIN must be an origin",
    'INLAY_KEYS key "k1" must be 32 bytes',
    "NEXTAUTH_SECRET must have",
    "TEMPORAL_ADDRESS must be",
  ]) {
    expect(message).toContain(name);
  }
  expect(message).not.toContain("short-secret");
  expect(message).not.toContain("c2hvcnQ");
});

test("a customer cannot have more pieces of work at once than its vendor", () => {
  expect(readEnv({ ...good, INLAY_LEGS_PER_CUSTOMER: "8" }).legs).toEqual({ ofCustomer: 8, ofVendor: 16 });
  expect(() => readEnv({ ...good, INLAY_LEGS_PER_CUSTOMER: "17" })).toThrow(/INLAY_LEGS_PER_CUSTOMER must not be more/);
  expect(() => readEnv({ ...good, INLAY_LEGS_PER_VENDOR: "0" })).toThrow(/INLAY_LEGS_PER_VENDOR must be 1 at least/);
});

test("the demo needs its own three settings and another origin", () => {
  expect(() => readEnv({ ...good, INLAY_DEMO: "1", INLAY_DEMO_ORIGIN: good.INLAY_ORIGIN })).toThrow(
    /INLAY_DEMO_SECRET_KEY is needed[\s\S]*INLAY_DEMO_WEBHOOK_SECRET is needed[\s\S]*must differ/,
  );
});

const demo = {
  INLAY_DEMO: "1",
  INLAY_DEMO_ORIGIN: "http://localhost:4600",
  INLAY_DEMO_SECRET_KEY: `sk_test_${"a".repeat(43)}`,
  INLAY_DEMO_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString("base64")}`,
};

test("the demo's open doors are refused where others can reach them, unless that is said twice", () => {
  for (const origin of ["https://inlay.example", "http://10.0.0.7:4600", "http://localhost.example", "http://127.0.0.1.example"]) {
    expect(() => readEnv({ ...good, ...demo, INLAY_ORIGIN: origin })).toThrow(/INLAY_DEMO_PUBLIC=1/);
    expect(readEnv({ ...good, ...demo, INLAY_ORIGIN: origin, INLAY_DEMO_PUBLIC: "1" }).demo).not.toBeNull();
  }
  for (const origin of ["http://127.0.0.1:4600", "http://[::1]:4600", "http://inlay.localhost"]) {
    expect(readEnv({ ...good, ...demo, INLAY_ORIGIN: origin }).demo).not.toBeNull();
  }
});

test("without the demo a mail server is needed, because nobody could sign in", () => {
  expect(() => readEnv({ ...good, SMTP_URL: "" })).toThrow(/SMTP_URL is not set/);
  expect(readEnv({ ...good, ...demo, SMTP_URL: "" }).smtpUrl).toBeNull();
});
