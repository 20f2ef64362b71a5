import { expect, test } from "vitest";
import { formatMoment, parseMoment } from "./moments";
import { MomentLook } from "./schema";

const AT = "2026-11-21T12:34:56.789Z";
const VIENNA = { zone: "Europe/Vienna" };

test.each([
  ["yyyy-MM-dd HH:mm:ss", {}, "2026-11-21 12:34:56"],
  ["yyyy-MM-dd HH:mm:ss", VIENNA, "2026-11-21 13:34:56"],
  ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX", VIENNA, "2026-11-21T13:34:56.789+01:00"],
  ["yyyy-MM-ddTHH:mm:ssXX", { zone: "America/St_Johns" }, "2026-11-21T09:04:56-0330"],
  ["yyyy-MM-ddTHH:mm:ssXXX", {}, "2026-11-21T12:34:56+00:00"],
  ["yyyyMMdd", { zone: "Pacific/Auckland" }, "20261122"],
  ["yyyyMMddTHHmmssZ", {}, "20261121T123456Z"],
  ["'on' dd.MM.yyyy", {}, "on 21.11.2026"],
  ["yyyyMMdd", { strict: true }, "20261120"],
  ["yyyy-MM-dd HH:mm", { strict: true }, "2026-11-21 12:33"],
])("a moment in the look %s %j", (look, how, text) => expect(formatMoment(AT, MomentLook.parse({ look }), how)).toBe(text));

test.each(["yyyy-MM", "yyyy-MM-dd hh:mm", "DD/MM/YYYY", "yyyy-MM-dd at HH", ""])("%j is no look", (look) =>
  expect(MomentLook.safeParse({ look }).success).toBe(false),
);

test.each([
  ["20261121", {}, "2026-11-21T00:00:00.000Z"],
  ["20261121123456", VIENNA, "2026-11-21T11:34:56.000Z"],
  ["20261121T123456Z", VIENNA, "2026-11-21T12:34:56.000Z"],
  ["1795262400", {}, "2026-11-21T12:00:00.000Z"],
  ["1795262400000", {}, "2026-11-21T12:00:00.000Z"],
])("a record's %s means", (text, { zone = "UTC" }: { zone?: string }, iso) =>
  expect(new Date(parseMoment(text, zone)).toISOString()).toBe(iso),
);
