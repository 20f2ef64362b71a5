import type { Collection } from "../world/collection";
import type { ObjectKind } from "../world/object-kind";
import { EMPLOYERS } from "../world/people";
import { draw, mix, pad, pick } from "../world/random";
import { LIFECYCLE_STAGES, PLACES, PLANS } from "../world/words";

/** The objects the sandbox CRM has, and how their ids begin. */
export const PREFIXES = { contacts: "ct_", companies: "co_" } as const;
export type SandboxKind = keyof typeof PREFIXES;

export function toId(kind: SandboxKind, collection: Collection, slot: number): string {
  return `${PREFIXES[kind]}${collection.id(slot).padStart(9, "0")}`;
}

/** The slot of an id, or null. */
export function fromId(kind: SandboxKind, collection: Collection, id: string): number | null {
  const digits = new RegExp(`^${PREFIXES[kind]}0*(\\d{1,9})$`).exec(id)?.[1];
  return digits === undefined ? null : collection.slotOf(digits);
}

export function isSandboxKind(kind: string): kind is SandboxKind & ObjectKind {
  return kind in PREFIXES;
}

/** A record as the sandbox CRM returns it; nested, unlike HubSpot's. A deleted one is only its tombstone. */
export function toRecord(kind: SandboxKind, collection: Collection, slot: number): Record<string, unknown> {
  const id = toId(kind, collection, slot);
  const updated_at = new Date(collection.updatedAt(slot)).toISOString();
  if (collection.isArchived(slot)) return { id, deleted: true, updated_at };
  const created_at = new Date(collection.createdAt(slot)).toISOString();
  const all = collection.properties(slot);
  if (kind === "companies") return { id, object: "company", properties: all, created_at, updated_at };
  const h = draw(0x5b, slot);
  const g = mix(h + 1);
  const owner = h % 50;
  const get = (name: string) => all[name] ?? null;
  return {
    id,
    object: "contact",
    properties: {
      firstname: get("firstname"),
      lastname: get("lastname"),
      email: get("email"),
      phone: get("phone"),
      jobtitle: get("jobtitle"),
      lifecyclestage: get("lifecyclestage") ?? LIFECYCLE_STAGES[0],
      score: g % 100,
    },
    company: { id: `co_${pad(1 + (g % EMPLOYERS), 9)}`, name: get("company"), domain: `company-${1 + (g % EMPLOYERS)}.example.com` },
    address: {
      street: get("address"),
      city: get("city"),
      zip: get("zip"),
      country: PLACES.find((place) => place.country === all["country"])?.code ?? null,
    },
    owner: { id: `usr_${owner}`, email: `owner${owner}@example.com` },
    custom: { plan: pick(PLANS, g), mrr_cents: h % 90_000, signup_source: h & 1 ? "web" : "partner" },
    tags: ["imported", `segment-${h % 12}`],
    created_at,
    updated_at,
  };
}

/** Records as bytes, separated by commas, from the cache when they did not change since. */
export function toPieces(kind: SandboxKind, collection: Collection, slots: ArrayLike<number>): Buffer[] {
  return collection.pieces("sandbox", slots, (slot) => JSON.stringify(toRecord(kind, collection, slot)));
}
