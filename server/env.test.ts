import { expect, test } from "vitest";
import { EnvError, readEnv } from "./env";

const good = {
  DATABASE_URL: "postgres://u:p@127.0.0.1:5432/inlay",
  INLAY_ORIGIN: "http://127.0.0.1:4600",
  INLAY_KEYS: `k1:${Buffer.alloc(32, 1).toString("base64")},k0:${Buffer.alloc(32, 2).toString("base64")}`,
  NEXTAUTH_SECRET: "x".repeat(32),
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

test("the demo needs its own three settings and another origin", () => {
  expect(() => readEnv({ ...good, INLAY_DEMO: "1", INLAY_DEMO_ORIGIN: good.INLAY_ORIGIN })).toThrow(
    /INLAY_DEMO_SECRET_KEY is needed[\s\S]*INLAY_DEMO_WEBHOOK_SECRET is needed[\s\S]*must differ/,
  );
});
