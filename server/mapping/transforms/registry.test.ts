import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Misfit } from "../misfit";
import { transformsReference } from "../reference";
import { Transform } from "../schema";
import { sha256 } from "../sha256";
import type { Settings } from "./define";
import { compileTransform, invertTransform, startTransform, TRANSFORMS } from "./registry";

const examples = TRANSFORMS.flatMap(({ type, examples: all }) => all.map((example) => [type, example] as const));
const spec = (type: Transform["type"], settings: Settings<never>) => ({ type, ...settings }) as unknown as Transform;
const run = (transform: Transform, value: unknown, source: unknown = {}) => compileTransform(transform)(value, source);

/** A value through several transforms; a Misfit ends it. */
const through = (steps: readonly Transform[], value: unknown, source: unknown) =>
  steps.reduce<unknown>((now, step) => (now instanceof Misfit || now === null ? now : run(step, now, source)), value);

describe("every transform", () => {
  test.each(examples)("%s does what its example says, with settings that the schema takes", (type, { settings, input, output, source }) => {
    const transform = spec(type, settings as Settings<never>);
    expect(Transform.parse(transform)).toEqual(transform);
    expect(run(transform, input, source)).toEqual(output);
  });

  test("is total on any JSON and changes neither value nor record", () => {
    const all = TRANSFORMS.map(({ type }) => compileTransform(startTransform(type)));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, source) => {
        const before = JSON.stringify([value, source]);
        for (const step of all) step(value, source);
        expect(JSON.stringify([value, source])).toBe(before);
      }),
      { numRuns: 300 },
    );
  });

  test("is total on what is nearly right", () => {
    const near = fc.oneof(
      fc.stringMatching(/^[-+]?[\d.,' ]{0,30}(e[-+]?\d{1,4})?$/),
      fc.stringMatching(/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$/),
      fc.double(),
      fc.emailAddress(),
      fc.webUrl(),
      fc.string({ unit: "binary" }),
      fc.array(fc.oneof(fc.string(), fc.double(), fc.constant(null))),
    );
    const all = examples.map(([type, { settings }]) => compileTransform(spec(type, settings as Settings<never>)));
    fc.assert(
      fc.property(near, (value) => {
        for (const step of all) step(value, { currency: "EUR", country: "DE" });
      }),
      { numRuns: 500 },
    );
  });
});

describe("ways back", () => {
  const pairs = examples.filter(([type, { settings }]) => invertTransform(spec(type, settings as Settings<never>)).kind !== "none");

  test.each(pairs)("%s: forth, back and forth again is what forth was", (type, { settings, input, source }) => {
    const forth = spec(type, settings as Settings<never>);
    const back = invertTransform(forth);
    if (back.kind === "none") throw new Error("filtered");
    const steps = back.steps as unknown as Transform[];
    for (const step of steps) expect(Transform.parse(step)).toEqual(step);
    const check = (value: unknown) => {
      const there = run(forth, value, source);
      if (there instanceof Misfit || there === null) return;
      expect(run(forth, through(steps, there, source), source)).toEqual(there);
    };
    check(input);
    check("1901-03-07T05:01:04.003Z"); // its milliseconds over 1000 are no exact number
    fc.assert(fc.property(fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()), check));
    fc.assert(
      fc.property(fc.date({ min: new Date("1900-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }), (at) =>
        check(at.toISOString()),
      ),
    );
  });
});

describe("settings that cannot work are refused with their remedy", () => {
  test.each([
    [{ type: "datetime", zone: "Mars/Base" }, /Europe\/Berlin/],
    [{ type: "parseDate", pattern: "dd.MM.yyyy Q" }, /stands for nothing/],
    [{ type: "parseDate", pattern: "MM.yyyy" }, /does not say year, month and day/],
    [{ type: "formatDate", pattern: "hh:mm" }, /go together/],
    [{ type: "money" }, /either a currency or the path/],
    [{ type: "minorUnits", currency: "XYZ" }, /not a currency/],
    [{ type: "parseNumber", decimal: ",", group: "," }, /different separators/],
    [{ type: "phone", country: "Atlantis" }, /calling code/],
    [{ type: "get", path: "__proto__.x" }, /not a usable path/],
    [{ type: "truncate", length: 2, ending: "..." }, /as long as the text/],
  ] as [Transform, RegExp][])("%j", (transform, message) => {
    expect(() => compileTransform(transform)).toThrow(RangeError);
    expect(() => compileTransform(transform)).toThrow(message);
  });

  test("the schema knows no others", () => {
    for (const bad of [{ type: "eval" }, { type: "trim", extra: 1 }, { type: "pad", length: 1e9, with: "0" }, { type: "split" }]) {
      expect(Transform.safeParse(bad).success).toBe(false);
    }
  });
});

describe("by hand", () => {
  test.each([
    [{ type: "datetime", zone: "Europe/Berlin" }, "2024-03-31 02:30", "2024-03-31T01:30:00.000Z"],
    [{ type: "datetime", zone: "Europe/Berlin" }, "2024-10-27 02:30", "2024-10-27T00:30:00.000Z"],
    [{ type: "datetime", zone: "+05:30" }, "2024-01-01T00:00:00", "2023-12-31T18:30:00.000Z"],
    [{ type: "date", zone: "America/Los_Angeles" }, "2024-01-15T03:00:00Z", "2024-01-14"],
    [{ type: "parseNumber", decimal: ".", group: "," }, "1,23,456.5", 123456.5],
    [{ type: "parseNumber", decimal: ".", group: "'" }, "12'345", 12345],
    [{ type: "decimal" }, "-0.50", "-0.50"],
    [{ type: "decimal" }, 1e21, "1000000000000000000000"],
    [{ type: "decimal", digits: 2 }, "99999999999999999999.995", "100000000000000000000.00"],
    [{ type: "round", digits: 2 }, -1.005, -1.01],
    [{ type: "phone", country: "IT" }, "06 1234 5678", "+390612345678"],
    [{ type: "phone", country: "US" }, "1 (415) 555-2671 ext. 5", "+14155552671"],
    [{ type: "phone", country: "GB" }, "+44 (0)20 7946 0018", "+442079460018"],
    [{ type: "country", as: "alpha2" }, "Korea, Republic of", "KR"],
    [{ type: "country", as: "alpha2" }, "United States of America", "US"],
    [{ type: "country", as: "alpha2" }, "The Netherlands", "NL"],
    [{ type: "country", as: "alpha2" }, "cote d'ivoire", "CI"],
    [{ type: "url" }, "http://Example.com:80/a?b#c", "http://example.com/a?b#c"],
    [{ type: "titlecase" }, "mc DONALD-smith", "Mc Donald-Smith"],
    [{ type: "substring", start: 0, length: 1 }, "😀", "\ufffd"],
  ] as [Transform, unknown, unknown][])("%j of %j", (transform, input, output) => {
    expect(run(transform, input)).toEqual(output);
  });

  test.each([
    [{ type: "parseDate", pattern: "dd.MM.yyyy" }, "31.02.2024"],
    [{ type: "parseNumber", decimal: ",", group: "." }, "1.23,4"],
    [{ type: "number" }, "1e999"],
    [{ type: "email" }, "ada@"],
    [{ type: "url" }, "javascript:alert(1)"],
    [{ type: "phone" }, "030 123456"],
    [{ type: "minorUnits", currency: "EUR" }, "1.005"],
    [{ type: "fromJson" }, "{"],
    [{ type: "map", values: { a: "b" }, otherwise: "fault" }, "c"],
  ] as [Transform, unknown][])("%j refuses %j", (transform, input) => {
    expect(run(transform, input)).toBeInstanceOf(Misfit);
  });

  test("the hash is SHA-256", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        expect(sha256(text)).toBe(createHash("sha256").update(text.toWellFormed()).digest("hex"));
      }),
    );
  });
});

test("docs/reference/transforms.md is up to date (npm run docs writes it)", () => {
  expect(readFileSync("docs/reference/transforms.md", "utf8")).toBe(transformsReference());
});
