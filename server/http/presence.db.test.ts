import { expect, test } from "vitest";
import { checkHealth } from "#server/domains/health/check-health";
import { isOutage } from "#server/lib/outage";
import { handleRest } from "#server/rest/handle-rest";
import { freePort } from "#tests/support/postgres";
import { testDeps } from "#tests/support/world";
import { isPresent } from "./presence";

// A database that is not there; one that does not answer at all is met in tests/e2e/faults.spec.ts.

const TOKEN = `sk_test_${"x".repeat(43)}`;

test("without a database every waiting request is answered soon, as an outage", async () => {
  const deps = testDeps(`postgres://nobody@127.0.0.1:${await freePort()}/none`, "web");
  const started = Date.now();
  const ask = () => handleRest(deps, new Request("http://127.0.0.1:4600/v1/records", { headers: { authorization: `Bearer ${TOKEN}` } }));
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  expect(Date.now() - started).toBeLessThan(9_000);
  for (const answer of answers) {
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(await answer.json()).toMatchObject({
      code: "platform_error",
      title: "A part of this service is away for a moment.",
      detail: "The database does not answer right now. Nothing was lost; try again in a moment.",
    });
  }
  expect(await isPresent(deps)).toBe(false);
  expect(await checkHealth(deps)).toEqual({ status: "down", postgres: false, temporal: true });
  await deps.db.close();
}, 20_000);

test("a wrong statement is no outage", () => {
  expect(isOutage(Object.assign(new Error("syntax"), { code: "42601" }))).toBe(false);
  expect(isOutage(new Error("x", { cause: Object.assign(new Error("y"), { code: "57P01" }) }))).toBe(true);
  expect(isOutage(null)).toBe(false);
});
