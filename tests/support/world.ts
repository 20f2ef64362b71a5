import { createHash } from "node:crypto";
import { pino } from "pino";
import type postgres from "postgres";
import { type DatabaseRole, openDatabase } from "#server/db/client";
import type { Ctx, CustomerCtx, Deps, MemberRole } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type CustomerId, type EnvironmentId, type Id, newId, type VendorId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";
import { createVault } from "#server/lib/vault";

/** Dependencies over a test database: no network, no Temporal, one fixed key. `keeping` answers true and does nothing. */
export function testDeps(url: string, role: DatabaseRole = "web", overrides: Partial<Deps> = {}): Deps {
  return {
    db: openDatabase({ url, role, poolSize: 4, systemPoolSize: 2 }),
    vault: testVault,
    egress: () => Promise.reject(new AppError("provider_unavailable", "tests have no network")),
    lookUpTxt: async () => [],
    mailer: null,
    keeping: {
      pokeStream: async () => true,
      stopStream: async () => true,
      pokeEndpoint: async () => true,
      pokeInbox: async () => true,
      pokeRollout: async () => true,
      performCall: async () => true,
      reachable: async () => true,
    },
    log: pino({ level: "silent" }),
    clock: { now: () => new Date() },
    config: { origin: "http://127.0.0.1:4600", demoOrigin: null, failpoint: null },
    ...overrides,
  };
}

/** A vendor with one environment and one customer, who runs one template on one connection. */
export type Scene = Awaited<ReturnType<typeof createScene>>;

export type SceneOptions = {
  name?: string;
  kind?: "test" | "live";
  /** Stored records of the stream, ids `1`…`n`. */
  records?: number;
  connectorKey?: string;
  vendorId?: VendorId;
};

/** Any row, written as the owner: `insert(owner, "customers", { … })` with column names as in the database. */
export async function insert(owner: postgres.Sql, table: string, row: Record<string, unknown>): Promise<void> {
  const columns = Object.keys(row);
  const json = new Set(["fields", "streams", "branding", "config", "payload", "facts", "data", "document"]);
  const values = columns.map((column) => (json.has(column) ? owner.json(row[column] as postgres.JSONValue) : row[column]));
  const marks = columns.map((_, i) => `$${i + 1}`).join(", ");
  await owner.unsafe(`insert into ${table} (${columns.join(", ")}) values (${marks})`, values as never[]);
}

const MAPPING = [
  { target: "email", from: "properties.email", transforms: [], required: true, onError: "quarantine" },
  { target: "firstName", from: "properties.firstname", transforms: [], required: false, onError: "null" },
];

const MODEL = [
  { key: "email", name: "E-mail", type: "string", required: true },
  { key: "firstName", name: "First name", type: "string", required: false },
];

async function createIdentity(owner: postgres.Sql, { name = "Acme", kind = "test", vendorId }: SceneOptions) {
  const ids = { vendor: vendorId ?? newId("vendor"), environment: newId("environment"), member: newId("member"), apiKey: newId("apiKey") };
  const tag = ids.environment.slice(-8);
  if (!vendorId) await insert(owner, "vendors", { id: ids.vendor, name, slug: `v-${tag}` });
  await insert(owner, "environments", {
    id: ids.environment,
    vendor_id: ids.vendor,
    kind,
    publishable_key: `pk_${kind}_${tag}`,
    allowed_origins: ["http://localhost:4600"],
  });
  await insert(owner, "members", { id: ids.member, vendor_id: ids.vendor, email: `owner-${tag}@acme.example`, role: "owner" });
  await insert(owner, "api_keys", {
    id: ids.apiKey,
    vendor_id: ids.vendor,
    environment_id: ids.environment,
    name: "Backend",
    hint: "sk_test_ab",
    secret_hash: hashToken(`sk_test_${tag}`),
    created_by: ids.member,
  });
  return { ...ids, secretKey: `sk_test_${tag}`, publishableKey: `pk_${kind}_${tag}` };
}

/** The vault of {@link testDeps}. */
export const testVault = createVault({ t1: Buffer.alloc(32, 7) }, "t1");

async function createCatalogue(owner: postgres.Sql, environment: EnvironmentId, connectorKey: string) {
  const ids = { integration: newId("integration"), model: newId("model"), template: newId("template"), mapping: newId("mapping") };
  await insert(owner, "integrations", {
    id: ids.integration,
    environment_id: environment,
    connector_key: connectorKey,
    name: "HubSpot",
    tagline: "Contacts and companies",
    auth_key: "oauth",
    client_id: "client",
    client_secret: testVault.seal("secret", {
      environmentId: environment,
      customerId: "",
      ownerId: ids.integration,
      field: "client_secret",
      version: 1,
    }),
  });
  await insert(owner, "models", { id: ids.model, environment_id: environment, key: "contact", name: "Contact", fields: MODEL });
  await insert(owner, "templates", {
    id: ids.template,
    environment_id: environment,
    integration_id: ids.integration,
    name: "Contacts to Acme",
    status: "published",
    streams: [STREAM],
  });
  await insert(owner, "mappings", {
    id: ids.mapping,
    environment_id: environment,
    template_id: ids.template,
    stream_key: "contacts",
    version: 1,
    status: "published",
    fields: MAPPING,
    created_by: "seed",
    published_at: new Date(),
  });
  const document = { name: "Contacts to Acme", description: "", streams: [{ ...STREAM, mapping: 1 }] };
  const version = { template_id: ids.template, version: 1, environment_id: environment, status: "published", document, created_by: "seed" };
  await insert(owner, "template_versions", version);
  return ids;
}

/** Another customer of the environment. */
export async function createCustomer(owner: postgres.Sql, environment: EnvironmentId, name = "Globex"): Promise<CustomerId> {
  const id = newId("customer");
  await insert(owner, "customers", { id, environment_id: environment, external_id: `${name.toLowerCase()}-${id.slice(-6)}`, name });
  return id;
}

type Parents = { environment: EnvironmentId; customer: CustomerId; integration: Id<"integration">; template: Id<"template"> };

/** A connection with an installation, a drained stream and one succeeded run of one page. */
export async function createConnection(owner: postgres.Sql, parents: Parents, stream: Record<string, unknown> = {}) {
  const ids = { connection: newId("connection"), installation: newId("installation"), stream: newId("stream"), run: newId("run") };
  const scope = { environment_id: parents.environment, customer_id: parents.customer };
  await insert(owner, "connections", {
    id: ids.connection,
    ...scope,
    integration_id: parents.integration,
    account_id: `acc-${ids.connection.slice(-5)}`,
    account_label: "globex.example",
  });
  await insert(owner, "installations", { id: ids.installation, ...scope, connection_id: ids.connection, template_id: parents.template });
  await insert(owner, "streams", {
    id: ids.stream,
    ...scope,
    connection_id: ids.connection,
    installation_id: ids.installation,
    template_id: parents.template,
    key: "contacts",
    object: "contact",
    model_key: "contact",
    phase: "incremental",
    mapping_version: 1,
    template_version: 1,
    mapped_version: 1,
    due_at: new Date(Date.now() + 60_000),
    last_success_at: new Date(),
    ...stream,
  });
  await insert(owner, "runs", {
    id: ids.run,
    ...scope,
    stream_id: ids.stream,
    kind: "backfill",
    trigger: "activation",
    status: "succeeded",
    pages: 1,
    seen: 3,
    created: 3,
    finished_at: new Date(),
  });
  const facts = { method: "GET", path: "/crm/v3/objects/contacts", status: 200, ms: 12, bytes: 900, retries: 0 };
  await insert(owner, "run_pages", { run_id: ids.run, n: 1, ...scope, seen: 3, created: 3, updated: 0, quarantined: 0, facts });
  return ids;
}

/** `count` stored records of a stream, and the stream's counters to match. */
export async function createRecords(owner: postgres.Sql, stream: Id<"stream">, count: number, from = 1): Promise<void> {
  for (let i = from; i < from + count; i++) {
    const source = JSON.stringify({ id: String(i), properties: { email: `p${i}@globex.example`, firstname: `First ${i}` } });
    await owner`
      insert into records (stream_id, external_id, environment_id, customer_id, hash, data, source, mapping_version, seq, updated_at)
      select id, ${String(i)}, environment_id, customer_id, ${createHash("md5").update(source).digest("hex")}::uuid,
             ${owner.json({ email: `p${i}@globex.example`, firstName: `First ${i}` })}, ${source}, 1, ${i}, now()
        from streams where id = ${stream}`;
  }
  await owner`update streams set record_count = record_count + ${count}, next_seq = next_seq + ${count} where id = ${stream}`;
}

const STREAM = { key: "contacts", object: "contact", model: "contact", label: "Contacts", intervalMs: 60_000 };

/** Everything once: see {@link Scene}. `owner` is a client of the database's owner (`postgres(db.url)`). */
export async function createScene(owner: postgres.Sql, options: SceneOptions = {}) {
  const identity = await createIdentity(owner, options);
  const { environment } = identity;
  const catalogue = await createCatalogue(owner, environment, options.connectorKey ?? "hubspot");
  const customer = await createCustomer(owner, environment);
  const scope = { environment_id: environment, customer_id: customer };
  const connection = await createConnection(owner, { environment, customer, ...catalogue });
  await createRecords(owner, connection.stream, options.records ?? 3);
  const rest = {
    embedSession: newId("embedSession"),
    authorization: newId("authorization"),
    quarantine: newId("quarantine"),
    endpoint: newId("endpoint"),
    delivery: newId("delivery"),
  };
  const embedToken = `ems_${rest.embedSession}`;
  await insert(owner, "embed_sessions", {
    id: rest.embedSession,
    ...scope,
    token_hash: hashToken(embedToken),
    origin: "http://localhost:4600",
    expires_at: new Date(Date.now() + 600_000),
  });
  await insert(owner, "authorizations", {
    id: rest.authorization,
    ...scope,
    integration_id: catalogue.integration,
    embed_session_id: rest.embedSession,
    state_hash: hashToken(rest.authorization),
    expires_at: new Date(Date.now() + 600_000),
  });
  await insert(owner, "quarantine", {
    id: rest.quarantine,
    stream_id: connection.stream,
    ...scope,
    external_id: "bad-1",
    code: "mapping_failed",
    message: "email is missing",
    field: "email",
    source: "{}",
  });
  await owner`update streams set quarantine_count = 1 where id = ${connection.stream}`;
  await insert(owner, "webhook_endpoints", {
    id: rest.endpoint,
    environment_id: environment,
    url: "https://acme.example/hook",
    secret: "v1.x.x.x",
  });
  await insert(owner, "webhook_deliveries", {
    id: rest.delivery,
    event_id: newId("event"),
    environment_id: environment,
    endpoint_id: rest.endpoint,
    payload: { type: "records.changed", timestamp: new Date().toISOString(), data: {} },
  });
  return { ...identity, ...catalogue, customer, ...connection, ...rest, embedToken };
}

/** A member of the scene's vendor at work in its environment. */
export function memberCtx(deps: Deps, scene: Scene, role: MemberRole = "owner") {
  return {
    ...deps,
    actor: { type: "member" as const, memberId: scene.member, role, email: "owner@acme.example" },
    scope: { vendorId: scene.vendor, environmentId: scene.environment },
    requestId: "req_test",
  } satisfies Ctx;
}

/** A customer of the scene in the marketplace; `customer` picks another one than the scene's own. */
export function customerCtx(deps: Deps, scene: Scene, customer: CustomerId = scene.customer) {
  return {
    ...deps,
    actor: { type: "customer" as const, embedSessionId: scene.embedSession, origin: "http://localhost:4600" },
    scope: { vendorId: scene.vendor, environmentId: scene.environment, customerId: customer },
    requestId: "req_test",
  } satisfies CustomerCtx;
}
