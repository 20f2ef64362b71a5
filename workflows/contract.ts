/** What the durable side and the rest of the product agree on. Imports nothing. */

export const TASK_QUEUE = { sync: "inlay-sync", delivery: "inlay-delivery" } as const;

/** Search attributes registered with the server; opaque ids only. */
export const SEARCH_ATTRIBUTES = { environment: "InlayEnvironment", customer: "InlayCustomer", stream: "InlayStream" } as const;

export const workflowId = {
  keeper: (environmentId: string, streamId: string) => `${environmentId}:stream:${streamId}`,
  delivery: (environmentId: string, endpointId: string) => `${environmentId}:delivery:${endpointId}`,
  reconcile: () => "inlay:reconcile",
  inbox: () => "inlay:inbox",
  call: (environmentId: string, callId: string) => `${environmentId}:call:${callId}`,
  rollout: (environmentId: string, rolloutId: string) => `${environmentId}:rollout:${rolloutId}`,
} as const;

/** Prefix by which the reconciler finds all keepers (they live as `<env>:stream:<id>`). */
export const KEEPER_TYPE = "keeper";
export const DELIVERY_TYPE = "deliverWebhooks";
export const RECONCILE_TYPE = "reconcile";
export const INBOX_TYPE = "readInbox";
export const CALL_TYPE = "performCall";
export const ROLLOUT_TYPE = "rollOutTemplate";

/** Names of signals. A poke says "look again now"; many pokes are one. */
export const SIGNAL = { poke: "poke" } as const;

export type KeeperInput = {
  vendorId: string;
  environmentId: string;
  customerId: string;
  streamId: string;
  /** Legs run since the workflow was first started; only for people reading histories. */
  legs: number;
};

export type StreamRef = { vendorId: string; environmentId: string; customerId: string; streamId: string };

/** What the keeper is to do next, decided in Postgres. */
export type Claim =
  | { kind: "run"; runId: string; interactive: boolean }
  /** Nothing is due: look again after `waitMs`, or when poked. */
  | { kind: "wait"; waitMs: number }
  /** The stream is gone or no longer active: the keeper ends. */
  | { kind: "stop" };

export type LegInput = StreamRef & { runId: string };
/** `paused`: somebody paused the stream while the leg ran; the cursor stands where it stopped. */
export type LegResult = {
  done: boolean;
  paused: boolean;
  pages: number;
  seen: number;
  /** The third party allows no more for so long. The run stays open; the next claim says when it goes on. */
  waitMs?: number;
};

/** Failure types that cross from activity to workflow besides the error codes: another attempt has taken over. */
export const STALE = "stale";

/** What cannot get better by trying again at once: a leg that fails so ends its run, which says why. */
export const FINAL = [
  STALE,
  "reauth_required",
  "insufficient_scope",
  "account_mismatch",
  "provider_cursor_loop",
  "record_invalid",
  "mapping_failed",
  "config_invalid",
  "delete_guard_tripped",
  "not_found",
  "forbidden",
  "unauthenticated",
  "conflict",
  "invalid",
] as const;

/** How a run ended. `retryAfterMs`: not before. */
export type RunOutcome =
  | { kind: "succeeded" }
  | { kind: "paused" }
  | { kind: "failed"; code: string; message: string; retryAfterMs: number | null };

/** Short work on our own database: local activities. */
export interface StreamClaims {
  claimRun(input: StreamRef): Promise<Claim>;
  finishRun(input: LegInput & { outcome: RunOutcome }): Promise<void>;
}

/** A keeper's own turn: what it is to do next. A short reading is done within it; its run is over by then. A local activity. */
export interface StreamTurns {
  takeTurn(input: StreamRef): Promise<Claim>;
}

/** Work that talks to a third party: regular activities, with heartbeats. */
export interface StreamLegs {
  syncLeg(input: LegInput): Promise<LegResult>;
}

export type DeliveryInput = { vendorId: string; environmentId: string; endpointId: string };
/** `waitMs` null: nothing is pending, wait to be poked. */
export type DeliveryResult = { sent: number; failed: number; waitMs: number | null; stop: boolean };

export interface Deliveries {
  deliverPending(input: DeliveryInput): Promise<DeliveryResult>;
}

export type ReconcileResult = { started: number; terminated: number; poked: number; runsClosed: number };

export interface Reconciling {
  reconcileOnce(): Promise<ReconcileResult>;
}

/** `poked`: streams brought forward. `more`: something still waits. */
export type InboxResult = { taken: number; failed: number; poked: number; more: boolean };

export interface Inbox {
  processInbox(): Promise<InboxResult>;
}

/** One action, lookup or single write; what it is, and what comes of it, is in Postgres. */
export type CallRef = { vendorId: string; environmentId: string; customerId: string; callId: string };

export interface Calls {
  doCall(input: CallRef): Promise<void>;
}

/** A version of a mapping on its way to all streams; where it stands is in Postgres. */
export type RolloutRef = { vendorId: string; environmentId: string; rolloutId: string };
/** `waitMs`: when to look again, unless poked before. */
export type RolloutTurn = { done: boolean; waitMs: number };

export interface Rollouts {
  advanceRollout(input: RolloutRef): Promise<RolloutTurn>;
}

export type Activities = StreamClaims & StreamTurns & StreamLegs & Deliveries & Reconciling & Inbox & Calls & Rollouts;
