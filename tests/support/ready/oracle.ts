import { createHash } from "node:crypto";

/**
 * What ready templates must make of what third parties hold, written down by hand and not with the mapping engine: which records are
 * taken, and field by field what comes of them. Fields without a value are left out.
 */

export type Data = Record<string, unknown>;
export type Reader = (path: string) => unknown;
export type Truth = { takes?: (at: Reader) => boolean; gives: (at: Reader) => Data };

export const readerOf =
  (record: unknown): Reader =>
  (path) =>
    path.split(".").reduce<unknown>((value, key) => (value as Data | null | undefined)?.[key], record) ?? null;

export const textOf = (value: unknown) => (value === null || String(value).trim() === "" ? null : String(value).trim());
export const mail = (value: unknown) => textOf(value)?.toLowerCase() ?? null;
export const joined = (...parts: unknown[]) => textOf(parts.flatMap((part) => textOf(part) ?? []).join(" "));
export const moment = (value: unknown) =>
  value === null
    ? null
    : new Date(typeof value === "number" ? value * 1_000 : String(value).replace(/([+-]\d\d)(\d\d)$/, "$1:$2")).toISOString();
export const msJson = (value: unknown) => (value === null ? null : new Date(Number(/\d+/.exec(String(value))?.[0])).toISOString());
export const dayOf = (iso: string | null) => iso?.slice(0, 10) ?? null;
export const amount = (value: unknown, currency: unknown) =>
  value === null || textOf(currency) === null ? null : { amount: Number(value).toFixed(2), currency: String(currency).toUpperCase() };
const COUNTRIES: Record<string, string> = { "United Kingdom": "GB", "United States": "US", GB: "GB", US: "US" };
export const land = (value: unknown) => COUNTRIES[String(value)] ?? null;
export const sha = (value: unknown) =>
  mail(value) === null
    ? null
    : createHash("sha256")
        .update(String(mail(value)))
        .digest("hex");
export const hasMail = (path: string) => (at: Reader) => String(at(path) ?? "").includes("@");
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const among = (value: unknown, ...values: string[]) => values.includes(String(value));
export const id = (value: unknown) => (value === null ? null : String(value));

export const stock = (onHand: number) => ({ onHand, reserve: 2, sellable: Math.max(0, onHand - 2) });
