import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { STYLES } from "#tests/support/styles";
import { unprovenStyles } from "#tests/support/styles-run";
import { AuthMethod } from "./auth/schema";
import { Signature } from "./auth/signature-schema";
import { MomentFormat, Pagination } from "./paging/schema";
import { Protocol, WaitReader } from "./protocols/schema";
import { Webhooks } from "./webhooks/scheme";

describe.each(Object.entries(STYLES))("%s", (_, styles) => {
  test.each(styles.map((one) => [one.style, one] as const))("%s names its tests", (__, { proofs }) => {
    expect(proofs.length).toBeGreaterThan(0);
    // That they are there and pass is seen when those files are run: `tests/support/styles-reporter.ts`.
    for (const [file] of proofs) expect([file, /\.test\.tsx?$/.test(file) && existsSync(file)]).toEqual([file, true]);
  });
});

describe("a style is proven by tests that passed, not by words in a file", () => {
  const [file, title] = ["server/runtime/paging/changes.test.ts", "iso"];
  const lacking = (...names: string[]) => unprovenStyles([file], [{ file, names }]).filter((one) => one.includes(`"${title}"`));
  test.each([
    [["moments", "iso, and one unit earlier where the source is strict"], 0],
    [["moments", "iso"], 0],
    [["moments", "iso_s, and one unit earlier where the source is strict"], 1],
    [["moments", "not iso"], 1],
    [["moments"], 1],
  ])("%j", (names, faults) => expect(lacking(...names)).toHaveLength(faults));
  test("a file that was not run is not spoken of", () => expect(unprovenStyles([], [])).toEqual([]));
  test("what a table fills in may be anything", () => {
    const told = unprovenStyles([file], [{ file, names: ['429 with {"x":1}'] }]);
    expect(told.filter((one) => one.includes("429 with"))).toEqual([]);
  });
});

/** The constants by which the alternatives of a schema are told apart. */
function kindsIn(schema: z.ZodType, name: string): string[] {
  const found = new Set<string>();
  const walk = (one: unknown): void => {
    if (typeof one !== "object" || one === null) return;
    const own = (one as { properties?: Record<string, { const?: unknown; enum?: unknown[] }> }).properties?.[name];
    for (const value of [own?.const, ...(own?.enum ?? [])]) if (typeof value === "string") found.add(value);
    for (const inner of Object.values(one)) walk(inner);
  };
  walk(z.toJSONSchema(schema, { io: "input", reused: "inline" }));
  return [...found];
}

const PROTOCOLS = kindsIn(z.object({ it: Protocol }), "type");

describe("every kind that a manifest may declare stands in a style", () => {
  const said = (...areas: string[]) => areas.flatMap((area) => STYLES[area] ?? []).map(({ says }) => says);
  test.each<[string, string[], string[]]>([
    ["auth", kindsIn(z.object({ it: AuthMethod }), "type"), said("Signing in", "Renewal")],
    ["signatures", kindsIn(z.object({ it: Signature }), "type"), said("Signing in")],
    ["pagination", kindsIn(z.object({ it: Pagination }), "type"), said("Pages")],
    ["moments", MomentFormat.options.filter((one) => one !== "iso_s"), said("Changes and deletions")],
    ["protocols", PROTOCOLS.filter((one) => one !== "json"), said("Requests and answers")],
    ["waits", kindsIn(z.object({ it: WaitReader }), "unit"), said("Rate limits")],
    ["webhooks", kindsIn(Webhooks, "type").filter((one) => !PROTOCOLS.includes(one)), said("Webhooks in")],
  ])("%s", (_, kinds, says) => {
    expect(kinds.length).toBeGreaterThan(1);
    expect(kinds.filter((kind) => !says.some((one) => new RegExp(`\\b${kind}\\b`).test(one)))).toEqual([]);
  });
});
