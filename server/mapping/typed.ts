import type { ModelField } from "#server/domains/models/schema";

/** What somebody typed, as the field's type has it; null for nothing. What is no text is taken as it is. */
export function typed(value: unknown, field: ModelField | undefined): unknown {
  if (typeof value !== "string") return value ?? null;
  if (value.trim() === "") return null;
  if (field?.type === "number" && Number.isFinite(Number(value))) return Number(value);
  if (field?.type === "boolean" && /^(true|false)$/i.test(value.trim())) return value.trim().toLowerCase() === "true";
  return value;
}
