import { expect, test } from "vitest";
import { parse } from "yaml";
import { Manifest } from "#server/runtime/manifest";
import { guideManifest } from "#tests/support/hivewise";
import { playManifest } from "./play";

const guide = (): Manifest => Manifest.parse(parse(guideManifest()));

test("the guide's connector, which has no fixtures, shows all it claims", { timeout: 60_000 }, async () => {
  const played = await playManifest(guide(), { budgetMs: 60_000 });
  expect(played.filter((one) => one.state !== "ok")).toEqual([]);
  expect(played.length).toBeGreaterThan(10);
});

test("a claim that does not hold is told with why", { timeout: 60_000 }, async () => {
  const manifest = guide();
  const [key = "", spec] = Object.entries(manifest.objects).find(([, one]) => one.changes && !one.each) ?? [];
  if (!spec?.changes) throw new Error("the guide has no object that is asked for changes");
  // The token of the next page goes nowhere, so the first one comes for ever.
  const pagination = { type: "cursor", next: "next", stop: spec.pagination?.stop ?? manifest.pagination.stop };
  const wrong = Manifest.parse({ ...manifest, objects: { ...manifest.objects, [key]: { ...spec, pagination } } });
  const failed = (await playManifest(wrong, { budgetMs: 10_000 })).filter((one) => one.state === "failed");
  expect(failed.map((one) => one.claim)).toContain(`${key}.list`);
  expect(failed.every((one) => (one.note ?? "").length > 5)).toBe(true);
});
