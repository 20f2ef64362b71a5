/** What the marketplace's screens are given; what both doors share stands in `views.ts`. */
import type { ModelField } from "#server/domains/models/schema";
import type { ErrorCode } from "#server/lib/errors";
import type { Language } from "#server/words/languages";
import type { ConnectionView, Problem } from "../views";

export type Theme = {
  accent: string | null;
  /** The grounds, `#rrggbb`; null = as they come. */
  background: string | null;
  surface: string | null;
  radius: number | null;
  font: string | null;
  /** One font file to load, https. */
  fontUrl: string | null;
  appearance: "light" | "dark" | "auto";
  /** https address, or a small image as a data URL. */
  logoUrl: string | null;
};

export type EmbedBootstrap = {
  customerName: string;
  vendorName: string;
  title: string;
  theme: Theme;
  environmentKind: "test" | "live";
  /** What the session was made for, when it says so; the page's own wish comes before it. */
  language: Language | null;
};

export type MarketplaceCard = {
  id: string;
  name: string;
  tagline: string;
  connectorKey: string;
  iconUrl: string;
  categories: string[];
  badge: "connected" | "attention" | "coming_soon" | "locked" | null;
  featured: boolean;
  /** The connection to open: the one that needs somebody, else the newest. */
  connectionId: string | null;
  /** How many accounts of it the customer has connected. */
  accounts: number;
};

/** A question asked before authorisation, or a field of an API-key form. */
export type ConnectField = {
  key: string;
  title: string;
  help: string | null;
  example: string | null;
  pattern: string | null;
  /** The answers there are, when it is a choice. */
  options: { value: string; title: string }[] | null;
  secret: boolean;
  required: boolean;
  /** The answer has lines. */
  multiline: boolean;
};

export type IntegrationDetail = MarketplaceCard & {
  /** The vendor's gate is closed to this customer: nothing new is connected, what is connected goes on. */
  locked: boolean;
  description: string;
  authType: "oauth2_code" | "api_key" | "none";
  fields: ConnectField[];
  /** What will be asked for, in the customer's words, and the scopes behind it for who wants to know. */
  permissions: { reasons: string[]; scopes: string[] };
  /** By what it is called, with the names of the fields: what is read there, and what is written there. */
  reads: { label: string; fields: string[] }[];
  writes: { label: string; fields: string[] }[];
  connections: ConnectionView[];
  templates: TemplateOffer[];
};

/** `deletes`: what is deleted at the vendor is deleted at the third party, too. */
export type OfferedStream = { key: string; label: string; direction: "pull" | "push" | "two_way"; deletes: boolean };

export type TemplateOffer = {
  id: string;
  name: string;
  description: string;
  streams: OfferedStream[];
  installedOn: string[];
};

export type AuthorizationStatus = {
  id: string;
  status: "waiting" | "returned" | "finished" | "denied" | "failed" | "expired";
  problem: Problem | null;
};

/** How far a link is that was sent to somebody else. `connectionId`: what came of it. */
export type LinkProgress = { state: "sent" | "opened" | "connected" | "expired"; createdAt: Date; connectionId: string | null };

/** An account that was installed from the third party's side and waits for somebody to say that it is theirs. */
export type ClaimView = {
  integrationId: string;
  name: string;
  iconUrl: string;
  /** What the third party calls the account. */
  account: string;
  /** Whose it becomes. */
  customer: string;
  /** Set when this customer has taken it already. */
  connectionId: string | null;
};

export type AuthorizationResult =
  | { outcome: "connected"; connection: ConnectionView }
  /** The customer already has this account connected: open it instead. */
  | { outcome: "duplicate"; connection: ConnectionView }
  /** Reconnecting, but with another account than before. Nothing was changed. */
  | { outcome: "different_account"; expected: string; got: string };

export type ProblemRecord = {
  id: string;
  streamId: string;
  /** `read`: it came and does not fit. `write`: the other system did not take it. */
  side: "read" | "write";
  /** `unknown`: it may have been written. */
  state: "held" | "unknown" | "skipped";
  op: "put" | "delete" | "undo" | null;
  externalId: string | null;
  ownId: string | null;
  cause: string;
  code: ErrorCode;
  message: string;
  field: string | null;
  /** What the field is called. */
  fieldName: string | null;
  /** How a value for the field is typed, where one may be given; `was`: what the source says. */
  input: CorrectionInput | null;
  attempts: number;
  /** Asked for; the next run takes it. */
  retrying: boolean;
  /** The stream is paused: what is asked for is done when it goes on. */
  paused: boolean;
  since: Date;
  /** Who put it aside: of the vendor's team, for customers, no more than that. */
  skippedBy: string | null;
};

export type CorrectionInput = { type: ModelField["type"]; values: string[] | null; was: string | null };

/** A value that a person gave for one field of one record, as long as it counts. */
export type CorrectionView = {
  streamId: string;
  externalId: string;
  field: string;
  fieldName: string;
  /** As text; long ones are cut. */
  value: string | null;
  /** Who gave it: of the vendor's team, for customers, no more than that. */
  author: string;
  at: Date;
};

/** Held records of one stream and one reason. */
export type ProblemCause = Pick<ProblemRecord, "streamId" | "side" | "cause" | "code" | "field" | "fieldName"> & { records: number };
