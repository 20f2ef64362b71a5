import type { Logger } from "pino";
import type { Database } from "#server/db/client";
import type { Egress } from "#server/runtime/egress";
import type { LookUpTxt } from "#server/runtime/look-up-txt";
import type { Mailer } from "#server/runtime/mailer";
import type { Keeping } from "#server/temporal/keeping";
import type { Reader } from "#server/words/reader";
import type {
  ApiKeyId,
  ConnectionId,
  ConnectLinkId,
  CustomerId,
  EmbedSessionId,
  EnvironmentId,
  IntegrationId,
  MemberId,
  VendorId,
} from "./ids";
import type { Vault } from "./vault";

export type MemberRole = "owner" | "admin" | "developer" | "support" | "viewer";

/** What a session opened by a link may connect: one account of one integration, once. */
export type LinkScope = { id: ConnectLinkId; integrationId: IntegrationId; connectionId: ConnectionId | null; isDone: boolean };

/** Who is acting. `frame`: the vendor's own origin at which the marketplace stands, when not at ours. Minted only in `server/auth` (doors) and by the worker (`system`). */
export type Actor =
  | { type: "member"; memberId: MemberId; role: MemberRole; email: string }
  | { type: "apiKey"; apiKeyId: ApiKeyId }
  | { type: "customer"; embedSessionId: EmbedSessionId; origin: string; frame?: string | undefined; link?: LinkScope | undefined }
  | { type: "system"; reason: string };

/** Whose world is acted upon. `customerId` is set when the actor may see one customer only. */
export type Scope = { vendorId: VendorId; environmentId: EnvironmentId; customerId?: CustomerId };

/** Everything impure that a verb may touch, assembled once in `server/deps.ts`. */
export type Deps = {
  db: Database;
  vault: Vault;
  egress: Egress;
  lookUpTxt: LookUpTxt;
  /** Null = no mail server is configured: mail stays in the database, and the demo shows it. */
  mailer: Mailer | null;
  /** Starts and pokes workflows; best effort, because Postgres holds the truth. */
  keeping: Keeping;
  log: Logger;
  clock: { now(): Date };
  config: PublicConfig;
};

/** The few settings verbs need; no secrets in here. */
export type PublicConfig = {
  /** Origin of the app itself, e.g. `http://127.0.0.1:4600`; no trailing slash. */
  origin: string;
  /** The demo's stand-in vendor product, or null outside the demo. */
  demoOrigin: string | null;
  /** Development and demo: the vendor's own addresses may lie on this machine. */
  allowLoopback?: boolean;
  /** How many legs of one customer, and of one vendor, may run at once; the usual ones unless given. */
  legs?: { ofCustomer: number; ofVendor: number };
  /** Where a test wants the process to die (`failpoint.ts`); null otherwise. */
  failpoint: string | null;
};

/** First argument of every verb: the dependencies, plus who acts on whose behalf. */
export type Ctx = Deps & {
  actor: Actor;
  scope: Scope;
  requestId: string;
  /** A customer's language and the vendor's words; without one, words are plain English. */
  reader?: Reader | undefined;
};

/** A context narrowed to one customer: what embed verbs take. */
export type CustomerCtx = Ctx & { scope: Scope & { customerId: CustomerId } };
