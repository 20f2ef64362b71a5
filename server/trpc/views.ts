/** What screens are given. Dates cross as `Date` (superjson). Both routers and all components speak these types. */
import type { ErrorCode, Fixer } from "#server/lib/errors";

/** One vocabulary in API, widget and dashboard (experience.md §1). */
export type ConnectionState = "connecting" | "active" | "syncing" | "delayed" | "attention" | "reauth" | "paused" | "disconnected";

/** An error as a person reads it. */
export type Problem = { code: ErrorCode; text: string; detail: string | null; fixer: Fixer; next: string };

/** `named`: only the records that calls of the other system named. `push`: own records, written there. */
export type RunKind = "backfill" | "incremental" | "remap" | "named" | "push";
export type RunStatus = "running" | "succeeded" | "failed" | "cancelled";

export type RunView = {
  id: string;
  streamId: string;
  kind: RunKind;
  trigger: string;
  status: RunStatus;
  pages: number;
  seen: number;
  created: number;
  updated: number;
  deleted: number;
  /** Left out by the filter. */
  skipped: number;
  unchanged: number;
  quarantined: number;
  legs: number;
  problem: Problem | null;
  startedAt: Date;
  finishedAt: Date | null;
};

export type RunPageView = {
  n: number;
  seen: number;
  created: number;
  updated: number;
  deleted: number;
  quarantined: number;
  method: string;
  path: string;
  status: number;
  ms: number;
  bytes: number;
  retries: number;
  at: Date;
};

export type StreamView = {
  id: string;
  key: string;
  templateId: string;
  label: string;
  object: string;
  modelKey: string;
  /** `push`: own records are written there and nothing is read; `two_way`: both. */
  direction: "pull" | "push" | "two_way";
  status: "active" | "off";
  state: ConnectionState;
  phase: "backfill" | "incremental";
  /** Progress of the run in flight, or null. `total` null = the source does not say. */
  progress: {
    runId: string;
    kind: RunKind;
    done: number;
    total: number | null;
    perSecond: number | null;
    etaSeconds: number | null;
  } | null;
  recordCount: number;
  quarantineCount: number;
  templateVersion: number;
  mappingVersion: number;
  mappedVersion: number;
  pauseReasons: string[];
  /** How much about its mapping waits for a person: drifts that are open, and fields that the template and the customer have both changed. */
  decisions: number;
  /** Writes that wait for a person, and fields on which both sides differ. */
  heldCount: number;
  conflictCount: number;
  lastSuccessAt: Date | null;
  nextRunAt: Date | null;
  /** The run in flight waits for the other system, which allows no more now, and goes on by itself then. Null = it does not wait. */
  waitingUntil: Date | null;
  /** So many records at once did not come in a whole reading that a person decides whether they are deleted. Null = nothing to decide. */
  missing: { count: number; since: Date; leftOut: number } | null;
  problem: Problem | null;
};

export type ConnectionView = {
  id: string;
  integrationId: string;
  integrationName: string;
  connectorKey: string;
  iconUrl: string;
  customerId: string;
  customerName: string;
  state: ConnectionState;
  accountId: string;
  accountLabel: string;
  createdAt: Date;
  problem: Problem | null;
  streams: StreamView[];
};

// --- vendor --------------------------------------------------------------------------------------------------------

export type Viewer = {
  memberId: string;
  email: string;
  name: string | null;
  role: "owner" | "admin" | "developer" | "support" | "viewer";
  vendor: { id: string; name: string };
  environment: { id: string; kind: "test" | "live"; publishableKey: string; allowedOrigins: string[] };
};

export type Overview = {
  customers: number;
  connections: Record<ConnectionState, number>;
  records: number;
  runs24h: { succeeded: number; failed: number; running: number };
  quarantined: number;
  /** Per hour, oldest first, 24 entries. */
  activity: { hour: Date; created: number; updated: number; failedRuns: number }[];
  recentRuns: (RunView & { customerName: string; customerId: string; integrationName: string; streamLabel: string })[];
  attention: ConnectionView[];
};

export type CustomerRow = {
  id: string;
  externalId: string;
  name: string;
  state: ConnectionState | null;
  connections: number;
  records: number;
  lastSyncAt: Date | null;
  createdAt: Date;
  /** What is behind a state that is not well: what happened, and who can fix it. */
  problem: Problem | null;
};

export type CustomerDetail = Omit<CustomerRow, "problem"> & {
  internal: boolean;
  traits: import("#server/domains/integrations/gate").Traits;
  connectionList: ConnectionView[];
};

export type RunRow = RunView & { customerId: string; customerName: string; integrationName: string; streamLabel: string };

export type RecordRow = {
  id: string;
  externalId: string;
  data: Record<string, unknown>;
  source: unknown;
  mappingVersion: number;
  seq: number;
  updatedAt: Date;
};

export type IntegrationRow = {
  id: string;
  name: string;
  tagline: string;
  connectorKey: string;
  iconUrl: string;
  categories: string[];
  status: "available" | "coming_soon" | "hidden";
  configured: boolean;
  sandbox: boolean;
  /** Who may connect it, as an expression over the customer's traits; null = everybody. */
  gate: string | null;
  connections: number;
  /** Where the third party's own store sends who installs it there; null where nobody signs in. */
  installUrl: string | null;
  /** The vendor's page on which that goes on. */
  claimUrl: string | null;
  redirectUri: string;
  scopes: { scope: string; reason: string }[];
  /** Why the newest attempt of a customer to connect came to nothing, when it is the set-up that has to be corrected. */
  problem: (Problem & { at: Date }) | null;
};

export type TemplateRow = {
  id: string;
  name: string;
  description: string;
  integrationName: string;
  iconUrl: string;
  version: number;
  status: "draft" | "published" | "archived";
  /** Settings, or streams that come or go, are drafted. */
  drafted: boolean;
  installations: number;
  streams: { key: string; label: string; object: string; model: string; mappingVersion: number; hasDraft: boolean }[];
};

/** What is drafted and published together. */
export type MappingContent = {
  fields: import("#server/mapping/schema").FieldMapping[];
  /** Which records are taken: an expression, null = all. */
  filter: string | null;
  choices: import("#server/mapping/overrides").FieldChoices;
};

export type MappingEditorView = {
  templateId: string;
  templateName: string;
  streamKey: string;
  streamLabel: string;
  integrationId: string;
  integrationName: string;
  /** Names what is stored; sent back when saving, so that nobody writes over what others did meanwhile. */
  basis: string;
  /** The number that publishing gives. */
  nextVersion: number;
  /** The template's next version brings the stream: it is published with the template. */
  isNew: boolean;
  published: (MappingContent & { id: string; version: number; publishedAt: Date | null }) | null;
  draft: (MappingContent & { id: string; version: number }) | null;
  model: { key: string; name: string; fields: import("#server/domains/models/schema").ModelField[] };
  /** Paths of the source object, from the manifest and from stored records. */
  sourceFields: {
    path: string;
    type: string;
    title: string | null;
    example: string | null;
    /** An account's own, not one that every account has. */
    custom?: boolean;
    values?: string[];
    /** Of the records looked at, how many had nothing here: 0 to 1. */
    emptyShare?: number;
    /** The account has it, and the records at hand do not show it: nothing asks for it yet. */
    unread?: true;
  }[];
  /** Real stored records (or the connector's sample when there are none) to preview on. */
  samples: { label: string; source: unknown }[];
  /** How many streams and records a publish would re-map. */
  affects: { streams: number; records: number };
  direction: import("#server/domains/templates/schema").Direction;
  /** What of the object can be written: by it the screen says which fields go back. */
  writing: import("#server/domains/templates/check-direction").WriteSide;
};

export type ApiScope = "read" | "write" | "sessions";

export type ApiKeyRow = {
  id: string;
  name: string;
  hint: string;
  scopes: ApiScope[];
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

export type WebhookEndpointRow = {
  id: string;
  url: string;
  status: "active" | "disabled";
  disabledReason: string | null;
  disabledCause: "team" | "gone" | "failing" | null;
  disabledAt: Date | null;
  /** It asked us to slow down, and nothing is sent before; or null. */
  holdUntil: Date | null;
  /** Until when the secret before signs too, or null. */
  previousSecretUntil: Date | null;
  createdAt: Date;
  pending: number;
  delivered: number;
  dead: number;
};

export type DeliveryRow = {
  id: string;
  eventId: string;
  endpointId: string;
  payload: { type: string; timestamp: string; data: Record<string, unknown> };
  status: "pending" | "delivered" | "dead";
  attempts: number;
  nextAttemptAt: Date | null;
  responseStatus: number | null;
  responseBody: string | null;
  responseMs: number | null;
  createdAt: Date;
  deliveredAt: Date | null;
};
