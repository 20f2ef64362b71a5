import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import * as t from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { type EnvironmentId, fixedId, type IntegrationId, newId, type VendorId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";
import { insertFirstVersion } from "../templates/first-version";
import { CUSTOMERS, INTEGRATIONS, MODELS, type SeedIntegration, type SeedTemplate } from "./catalogue";

export type DemoSettings = {
  /** Origin of the stand-in vendor product, which embeds the marketplace. */
  demoOrigin: string;
  simulatorOrigin: string | null;
  /** `sk_test_…` of the stand-in vendor's backend; only its hash is stored. */
  secretKey: string;
  /** `whsec_…` of the stand-in vendor's receiver. */
  webhookSecret: string;
};

export const DEMO_MEMBER = "admin@acme.example";
const PUBLISHABLE_KEY = { test: "pk_test_acmecrmdemo", live: "pk_live_acmecrmdemo" } as const;
const LOCK = 4_715_297; // any constant: "inlay seeds"

type Kind = keyof typeof PUBLISHABLE_KEY;

/** The id that `insert` gives, or the one `find` finds when the row is already there. */
async function idOf<T extends string>(
  inserted: Promise<{ id: T }[]>,
  find: () => Promise<{ id: T }[]>,
): Promise<{ id: T; fresh: boolean }> {
  const [row] = await inserted;
  if (row) return { id: row.id, fresh: true };
  const [found] = await find();
  if (!found) throw new Error("seed: a row could be neither inserted nor found");
  return { id: found.id, fresh: false };
}

async function seedVendor(tx: Tx): Promise<VendorId> {
  const { id } = await idOf(
    tx.insert(t.vendors).values({ name: "Acme CRM", slug: "acme" }).onConflictDoNothing().returning({ id: t.vendors.id }),
    () => tx.select({ id: t.vendors.id }).from(t.vendors).where(eq(t.vendors.slug, "acme")),
  );
  await tx.insert(t.members).values({ vendorId: id, email: DEMO_MEMBER, name: "Ada Admin", role: "owner" }).onConflictDoNothing();
  return id;
}

async function seedEnvironment(tx: Tx, vendorId: VendorId, kind: Kind): Promise<EnvironmentId> {
  const { id } = await idOf(
    tx
      .insert(t.environments)
      .values({
        vendorId,
        kind,
        publishableKey: PUBLISHABLE_KEY[kind],
        branding: { accent: "#0f766e", radius: 10, appearance: "light", marketplaceTitle: "Integrations" },
      })
      .onConflictDoNothing()
      .returning({ id: t.environments.id }),
    () =>
      tx
        .select({ id: t.environments.id })
        .from(t.environments)
        .where(and(eq(t.environments.vendorId, vendorId), eq(t.environments.kind, kind))),
  );
  return id;
}

async function seedTemplate(tx: Tx, environmentId: EnvironmentId, integrationId: IntegrationId, template: SeedTemplate) {
  const same = and(
    eq(t.templates.environmentId, environmentId),
    eq(t.templates.integrationId, integrationId),
    eq(t.templates.name, template.name),
  );
  const [found] = await tx.select({ id: t.templates.id }).from(t.templates).where(same);
  if (found) return;
  const templateId = newId("template");
  const { name, description } = template;
  const streams = template.streams.map(({ stream, mapping: fields, choices = {} }) => ({ stream, fields, choices }));
  const at = new Date();
  await insertFirstVersion(tx, { environmentId, templateId, integrationId, name, description, offered: true, streams, by: "system", at });
}

/** The same in every start, so that an integration that a person adds for the same connector is never taken for the seeded one. */
const seededId = (environmentId: EnvironmentId, key: string) => fixedId("integration", `${environmentId}/${key}`);

/** Without a simulator there is nobody to connect: a demo app must not be sent to the real third party. */
const offered = (seed: SeedIntegration, simulatorOrigin: string | null) =>
  seed.status === "available" && simulatorOrigin === null ? "coming_soon" : seed.status;

async function seedIntegration(
  tx: Tx,
  deps: Deps,
  environmentId: EnvironmentId,
  position: number,
  seed: SeedIntegration,
  simulatorOrigin: string | null,
) {
  const id = seededId(environmentId, seed.connectorKey);
  const { templates, oauthApp, ...rest } = seed;
  const sandboxOrigin = seed.status === "available" ? simulatorOrigin : null;
  const seal = (secret: string) =>
    deps.vault.seal(secret, { environmentId, customerId: "", ownerId: id, field: "client_secret", version: 1 });
  const made = await tx
    .insert(t.integrations)
    .values({
      ...rest,
      ...{ id, environmentId, position, sandboxOrigin },
      status: offered(seed, simulatorOrigin),
      ...(oauthApp ? { clientId: oauthApp.clientId, clientSecret: seal(oauthApp.clientSecret), scopes: oauthApp.scopes } : {}),
    })
    .onConflictDoNothing()
    .returning({ id: t.integrations.id });
  if (made.length === 0 && sandboxOrigin !== null) await moveSandbox(tx, environmentId, id, seed, sandboxOrigin);
  for (const template of templates) await seedTemplate(tx, environmentId, id, template);
}

/** Ports move between starts; whatever a person changed stays, an own app without a sandbox too. */
async function moveSandbox(tx: Tx, environmentId: EnvironmentId, id: IntegrationId, seed: SeedIntegration, sandboxOrigin: string) {
  const mine = and(eq(t.integrations.environmentId, environmentId), eq(t.integrations.id, id));
  const [known] = await tx
    .select({ sandbox: t.integrations.sandboxOrigin, clientId: t.integrations.clientId })
    .from(t.integrations)
    .where(mine);
  if (known?.sandbox != null) await tx.update(t.integrations).set({ sandboxOrigin }).where(mine);
  else if (known && known.clientId === (seed.oauthApp?.clientId ?? null))
    await tx.update(t.integrations).set({ sandboxOrigin, status: seed.status }).where(mine); // seeded while there was no simulator
}

const WEBHOOK_PATH = "/demo/webhook";

/** The demo's own receiver, as a former start left it. */
async function seededEndpoint(tx: Tx, environmentId: EnvironmentId) {
  const [found] = await tx
    .select({ id: t.webhookEndpoints.id, url: t.webhookEndpoints.url })
    .from(t.webhookEndpoints)
    .where(and(eq(t.webhookEndpoints.environmentId, environmentId), sql`${t.webhookEndpoints.url} like ${`http%${WEBHOOK_PATH}`}`))
    .limit(1);
  return found;
}

async function seedWebhook(tx: Tx, deps: Deps, environmentId: EnvironmentId, settings: DemoSettings) {
  const url = `${settings.demoOrigin}${WEBHOOK_PATH}`;
  const found = await seededEndpoint(tx, environmentId);
  const id = found?.id ?? newId("endpoint");
  const secret = deps.vault.seal(settings.webhookSecret, { environmentId, customerId: "", ownerId: id, field: "secret", version: 1 });
  if (found) await tx.update(t.webhookEndpoints).set({ url, secret }).where(eq(t.webhookEndpoints.id, id));
  else await tx.insert(t.webhookEndpoints).values({ id, environmentId, url, secret });
}

async function seedAccess(tx: Tx, vendorId: VendorId, environmentId: EnvironmentId, settings: DemoSettings) {
  const { secretKey } = settings;
  await tx
    .insert(t.apiKeys)
    .values({ vendorId, environmentId, name: "Demo backend", hint: `${secretKey.slice(0, 12)}…`, secretHash: hashToken(secretKey) })
    .onConflictDoNothing();
}

/** Lets the demo's page embed the marketplace, and the one of a former start, known by its receiver, no more. Others are the vendor's own. */
async function seedOrigin(tx: Tx, environmentId: EnvironmentId, { demoOrigin }: DemoSettings) {
  const former = (await seededEndpoint(tx, environmentId))?.url.slice(0, -WEBHOOK_PATH.length) ?? demoOrigin;
  const { allowedOrigins } = t.environments;
  if (former !== demoOrigin)
    await tx
      .update(t.environments)
      .set({ allowedOrigins: sql`array_remove(${allowedOrigins}, ${former})` })
      .where(eq(t.environments.id, environmentId));
  await tx
    .update(t.environments)
    .set({ allowedOrigins: sql`array_append(${allowedOrigins}, ${demoOrigin})` })
    .where(and(eq(t.environments.id, environmentId), sql`not ${allowedOrigins} @> array[${demoOrigin}]`));
}

/**
 * Writes the demo vendor: Acme CRM with two environments, customers, models, integrations and templates. Idempotent: a
 * second run changes only what moves between starts (origins, the simulator, keys), never what a person edited.
 */
export function seedDemo(deps: Deps, settings: DemoSettings): Promise<{ vendorId: VendorId; environmentId: EnvironmentId }> {
  return asSystem(deps.db, "seed: writes a whole vendor", async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    const vendorId = await seedVendor(tx);
    await seedEnvironment(tx, vendorId, "live");
    const environmentId = await seedEnvironment(tx, vendorId, "test");
    await seedAccess(tx, vendorId, environmentId, settings);
    await tx
      .insert(t.customers)
      .values(CUSTOMERS.map((customer) => ({ ...customer, environmentId })))
      .onConflictDoNothing();
    await tx
      .insert(t.models)
      .values(MODELS.map((model) => ({ ...model, environmentId })))
      .onConflictDoNothing();
    for (const [position, integration] of INTEGRATIONS.entries()) {
      await seedIntegration(tx, deps, environmentId, position, integration, settings.simulatorOrigin);
    }
    await seedOrigin(tx, environmentId, settings); // before its receiver moves on as well
    await seedWebhook(tx, deps, environmentId, settings);
    return { vendorId, environmentId };
  });
}
