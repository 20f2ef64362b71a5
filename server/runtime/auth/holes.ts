import type { AuthMethod } from "./schema";

const HOLE = /\{\+?([A-Za-z]\w*)\}/g;

/** The names of all holes in the texts of a value, at any depth. */
export function holesIn(value: unknown): string[] {
  if (typeof value === "string") return [...value.matchAll(HOLE)].map(([, name = ""]) => name);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(holesIn);
}

/** What a method needs of the vendor's own app at the third party. */
export function appNeeds(method: AuthMethod): { id: boolean; secret: boolean } {
  if (method.type === "oauth2_code") return { id: true, secret: method.clientAuth !== "none" };
  if (method.type === "oauth1") return { id: true, secret: true };
  const { fields: _fields, ...rest } = method;
  const holes = new Set(holesIn(rest));
  const proves = method.type !== "oauth2_client" || method.clientAuth !== "none";
  return { id: holes.has("clientId"), secret: holes.has("clientSecret") && proves };
}
