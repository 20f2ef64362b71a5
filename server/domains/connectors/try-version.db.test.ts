import { beforeEach, expect, test } from "vitest";
import { guideManifest } from "#tests/support/hivewise";
import { hivewiseScene, refusal } from "#tests/support/hivewise-scene";
import { createScene, memberCtx } from "#tests/support/world";
import { getVersion } from "./list-versions";
import { saveVersion } from "./save-version";
import type { TrialStep, TrialWish } from "./trial";
import { tryVersion } from "./try-version";

const KEY = "x-hivewise";
const t = hivewiseScene();
const { ctx } = t;

const good = { authKey: "key", fields: { region: "eu1", api_key: "hv-key-good-1" } };
const attempt = (step: TrialStep, rest: Partial<TrialWish> & { object?: string; fields?: Record<string, string> } = {}) =>
  tryVersion(ctx(), {
    ...{ key: KEY, version: 1, step, object: rest.object ?? "hive", wish: { cursor: rest.cursor ?? null, since: rest.since ?? null } },
    credential: { ...good, fields: rest.fields ?? good.fields, sandboxOrigin: t.hivewise.party.origin },
  });
beforeEach(() => saveVersion(ctx(), { source: guideManifest() }));

test("shows each step raw and parsed, with the secret nowhere, and keeps what it showed of the claims", async () => {
  const seen = [await attempt("check"), await attempt("identify"), await attempt("first")];
  const [check, identify, first] = seen;
  expect(check?.exchanges).toMatchObject([
    { method: "GET", status: 200, requestHeaders: { "x-hive-key": "••••" }, answerBody: expect.stringContaining('"echo":"••••"') },
  ]);
  expect(check?.exchanges[0]?.url).toMatch(/eu1\.hivewise\.example\/api\/account$/);
  expect(identify?.account).toEqual({ id: "AP-7", label: "Linden Row" });
  expect([first?.count, first?.records.length, first?.done]).toEqual([100, 20, false]);
  expect(first?.fields.find((field) => field.path === "queen.year")).toMatchObject({ declared: "number", found: "number", filled: 100 });
  expect(first?.fields.filter((field) => field.declared === null).map((field) => field.path)).toEqual(["modified", "site.row"]);
  const next = await attempt("next", { cursor: first?.cursor ?? null });
  expect([next.records[0]?.id, next.count]).toEqual(["H-101", 100]);
  const changes = await attempt("changes", { since: new Date(1_790_000_200_000).toISOString() });
  expect(changes.exchanges[0]?.url).toContain("modified_from=1790000200");
  expect(JSON.stringify([seen, next, changes])).not.toContain("hv-key-good-1");

  const { report } = await getVersion(ctx(), { key: KEY, version: 1 });
  const states = Object.fromEntries(report.claims.filter((claim) => claim.by === "tried").map((claim) => [claim.claim, claim.state]));
  expect(states).toMatchObject({
    check: "ok",
    identify: "ok",
    "hive.list": "ok",
    "hive.next": "ok",
    "hive.changes": "ok",
    "hive.fields": "ok",
    "inspection.list": "untried",
  });
});

test("a list for each of another object is read until it shows something", async () => {
  expect((await attempt("first", { object: "inspection" })).records[0]).toMatchObject({ id: "I-H-001" });
});

test("a refusal is a result, in the third party's words; what is missing is asked for", async () => {
  const refused = await attempt("check", { fields: { region: "eu1", api_key: "wrong-key-1234" } });
  expect(refused.problem).toMatchObject({ code: "reauth_required" });
  expect(refused.exchanges[0]?.status).toBe(401);
  expect((await refusal(attempt("check", { fields: { region: "eu1" } }))).code).toBe("invalid");
  expect((await refusal(attempt("next"))).message).toMatch(/first page/);
  const { report } = await getVersion(ctx(), { key: KEY, version: 1 });
  expect(report.claims.find((claim) => claim.claim === "check")?.state).toBe("failed");
});

test("a stand-in is for test environments only", async () => {
  const live = await createScene(t.owner, { records: 0, kind: "live", vendorId: t.scene.vendor });
  expect(
    (
      await refusal(
        tryVersion(memberCtx(t.web, live), {
          key: KEY,
          version: 1,
          step: "check",
          object: "",
          wish: { cursor: null, since: null },
          credential: { ...good, sandboxOrigin: t.hivewise.party.origin },
        }),
      )
    ).message,
  ).toMatch(/test environments/);
});
