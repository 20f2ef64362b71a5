import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { STYLES } from "#tests/support/styles";
import { AuthMethod } from "./auth/schema";
import { Signature } from "./auth/signature-schema";
import { MomentFormat, Pagination } from "./paging/schema";
import { Protocol, WaitReader } from "./protocols/schema";
import { Webhooks } from "./webhooks/scheme";

const texts = new Map<string, string>();
const textOf = (file: string): string => {
  const text = texts.get(file) ?? (existsSync(file) ? readFileSync(file, "utf8") : "");
  texts.set(file, text);
  return text;
};
/** The lines that give a title: as a text, or as a name in a table. */
const linesWith = (file: string, title: string): string[] => {
  const known = [JSON.stringify(title), `\`${title}\``, `: ${title}\``, `'${title}'`];
  return textOf(file)
    .split("\n")
    .filter((line) => known.some((one) => line.includes(one)) || line.trimStart().startsWith(`${title}: {`));
};

describe.each(Object.entries(STYLES))("%s", (_, styles) => {
  test.each(styles.map((one) => [one.style, one] as const))("%s has a test, and it is run", (__, { proofs }) => {
    expect(proofs.length).toBeGreaterThan(0);
    for (const [file, title] of proofs) {
      const lines = linesWith(file, title);
      expect(lines, `${file}: ${title}`).not.toEqual([]);
      expect(lines.filter((line) => /\.(?:skip|todo|fails)\b/.test(line))).toEqual([]);
    }
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
