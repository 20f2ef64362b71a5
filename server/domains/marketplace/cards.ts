import type postgres from "postgres";
import { passesGate, type Traits } from "#server/domains/integrations/gate";
import { authOf, hasApp } from "#server/domains/integrations/manifest-facts";
import { connectionRows, type Fragment } from "#server/domains/views/connection-sql";
import { type ConnectionRow, connectionView, iconUrl } from "#server/domains/views/connection-view";
import type { CustomerCtx } from "#server/lib/context";
import type { AuthMethod } from "#server/runtime/auth/schema";
import type { Manifest } from "#server/runtime/manifest";
import type { ConnectionView } from "#server/trpc/views";
import type { MarketplaceCard } from "#server/trpc/views/embed";
import { inWordsOf } from "#server/words/connector-words";
import { isMessageKey } from "#server/words/messages";
import type { Say } from "#server/words/say";

export type OfferedIntegration = {
  id: string;
  name: string;
  tagline: string;
  connectorKey: string;
  connectorVersion: number | null;
  categories: string[];
  status: "available" | "coming_soon" | "hidden";
  authKey: string;
  hasClientId: boolean;
  hasClientSecret: boolean;
  scopes: string[];
  featured: boolean;
  gate: string | null;
  /** The customer's, as the vendor told them. */
  traits: Traits;
  /** The customer's own, disconnected ones left out, newest first. */
  connections: ConnectionRow[];
};

/** Integrations (`i`) of the environment that meet `where`, each with the customer's connections. A hidden one shows to who has it. */
export const offeredIntegrations = (sql: postgres.TransactionSql, ctx: CustomerCtx, where: Fragment) => sql`
  select i.* from (
    select i.id, i.name, i.tagline, i.connector_key as "connectorKey", i.connector_version as "connectorVersion", i.categories, i.status, i.auth_key as "authKey",
           i.client_id is not null as "hasClientId", i.client_secret is not null as "hasClientSecret", i.scopes, i.featured, i.gate, i.position,
           (select cu.traits from customers cu where cu.environment_id = ${ctx.scope.environmentId} and cu.id = ${ctx.scope.customerId}) as traits,
           (select coalesce(jsonb_agg(to_jsonb(v) order by v.id desc), '[]')
              from (${connectionRows(sql, ctx.scope, sql`and c.integration_id = o.id and c.status <> 'disconnected'`)}) v) as connections
      from (select id from integrations where environment_id = ${ctx.scope.environmentId}) o
      join integrations i on i.environment_id = ${ctx.scope.environmentId} and i.id = o.id
     where true ${where}
  ) i
  where i.status <> 'hidden' or jsonb_array_length(i.connections) > 0
  order by i.position, i.name, i.id`;

export type Offer = {
  card: MarketplaceCard;
  manifest: Manifest | null;
  auth: AuthMethod | null;
  connections: ConnectionView[];
  connectable: boolean;
  locked: boolean;
};

/** A category in the reader's language, when it is one of those that connectors come with. */
function categoryIn(say: Say, name: string): string {
  const key = `category.${name.toLowerCase().replace(/[^a-z]+/g, "_")}`;
  return isMessageKey(key) ? say(key) : name;
}

const NEEDS_ATTENTION = new Set(["reauth", "attention"]);

/** Why nothing new can be connected, or null when it can. */
function standingOf(row: OfferedIntegration, auth: AuthMethod | null): "coming_soon" | "locked" | null {
  if (row.status === "coming_soon" || auth === null || !hasApp(auth, row)) return "coming_soon";
  return passesGate(row.gate, row.traits) ? null : "locked";
}

/** One integration as the customer meets it. What is not set up completely is "coming soon": connecting could only fail. */
export function offerOf(row: OfferedIntegration, manifest: Manifest | null, say: Say): Offer {
  const auth = authOf(manifest, row.authKey);
  const unconnected = standingOf(row, auth);
  const connections = row.connections.map((connection) => connectionView(connection, say));
  const troubled = connections.find((connection) => NEEDS_ATTENTION.has(connection.state));
  const shown = troubled ?? connections[0];
  const card: MarketplaceCard = {
    id: row.id,
    name: row.name,
    tagline: inWordsOf(say.language, row.tagline || (manifest?.tagline ?? "")),
    connectorKey: row.connectorKey,
    iconUrl: iconUrl(row.connectorKey),
    categories: (row.categories.length > 0 ? row.categories : (manifest?.categories ?? [])).map((name) => categoryIn(say, name)),
    badge: troubled ? "attention" : shown ? "connected" : unconnected,
    featured: row.featured,
    connectionId: shown?.id ?? null,
    accounts: connections.length,
  };
  return { card, manifest, auth, connections, connectable: unconnected === null, locked: unconnected === "locked" };
}

const ORDER = ["attention", "connected", "featured", "rest", "locked", "coming_soon"];
const placeOf = (card: MarketplaceCard): number => ORDER.indexOf(card.badge ?? (card.featured ? "featured" : "rest"));

/** Needs attention, connected, featured, the rest, announced; within each as the vendor ordered them. */
export const inOrder = (cards: MarketplaceCard[]): MarketplaceCard[] => [...cards].sort((a, b) => placeOf(a) - placeOf(b));
