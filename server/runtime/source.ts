import type { PageFacts } from "#server/db/schema/streams";
import type { Ctx, Scope } from "#server/lib/context";
import { type ErrorCode, isAppError } from "#server/lib/errors";
import { type Described, describeObject } from "./describe";
import { createGate, gateOwnerOf } from "./limits/gate";
import { openConnection } from "./open-connection";
import { takeRecords } from "./page-records";
import { changeOf } from "./pages";
import { objectSource } from "./paging/object-source";
import { specOf } from "./read-plan";
import { createSend } from "./send";
import { askOne, oneWith } from "./writes/read-one";

/** A record as the source gave it, under its id there. */
export type SourceRecord = {
  id: string;
  value: unknown;
  /** Of a record of a list that hangs on others, while others hang on it: its id among its siblings, and what its ancestors' fill. */
  under?: { id: string; holes: Record<string, string | number> };
};

/** A record that could not be taken; `source` is its JSON text, cut. */
export type SourceFault = { externalId: string; code: ErrorCode; message: string; field?: string; source: string };

export type SourcePage = {
  records: SourceRecord[];
  faults: SourceFault[];
  /** Ids of records that are no more, by the source's own word. */
  deleted: string[];
  /**
   * Given on pages of a whole reading that shows which records are gone. `first` begins one; one of which any page is not
   * `trusted` (a record without a usable id was on it) proves nothing; the `done` page ends it. `moving`: rows that move between pages are passed over
   * without a sign, so that one such reading is not enough to say that a record is gone.
   */
  scan?: { first: boolean; trusted: boolean; moving?: true };
  /** There is no such list, as the answer that is declared for that says. */
  absent?: true;
  /** Opaque. Where to go on; when `done`, where the next incremental pass starts. */
  cursor: string;
  done: boolean;
  /** The source's own count of this pass, when it tells one. */
  total: number | null;
  facts: PageFacts;
};

/** What came of asking for one record. */
export type OneAnswer = Pick<SourcePage, "records" | "faults" | "deleted" | "facts">;

export type Source = {
  /** One page. `cursor` null = from the beginning. Needs nothing but the cursor, so a page may be fetched ahead or again. */
  readPage(cursor: string | null, signal?: AbortSignal): Promise<SourcePage>;
  /**
   * One record by its id: a record, a fault, or the id among the deleted when there is none any more; null when the source does
   * not give this one out by itself. Not given: it gives out none so, or not with all that the mapping reads.
   */
  readOne?(id: string, signal?: AbortSignal): Promise<OneAnswer | null>;
  /** A record that a call brought, as a listing's would be taken. */
  takeOne?(value: unknown, bytes: number): Pick<OneAnswer, "records" | "faults" | "deleted">;
  /** When a record says that it changed, in ms; NaN when it does not say. */
  changedAt?(value: unknown): number;
  /** The fields of its records. `complete` = the source itself says so; otherwise they are the declared ones. */
  describe?(): Promise<Described>;
};

export type SourceRef = {
  vendorId: string;
  environmentId: string;
  customerId: string;
  connectionId: string;
  /** Key of an object in the connector's manifest. */
  object: string;
  phase: "backfill" | "incremental";
  /** Whether a person or an event waits for it: it then goes before what the schedule does. */
  urgent?: boolean;
  /** Somebody looks at a screen and waits: before everything else. */
  interactive?: boolean;
  /** Paths that the mapping reads: asked for by name where the source gives only what is asked for. */
  paths?: readonly string[];
};

export type SourceDeps = Pick<Ctx, "db" | "vault" | "egress" | "clock">;

/** Answers that say no to this one record: who it is, or that it may be seen, is another question than whether we may ask at all. */
const refusesOne = (status: unknown) => typeof status === "number" && status >= 400 && status < 500 && ![401, 408, 429].includes(status);

async function readNamed(...[reading, what, signal]: Parameters<typeof askOne>): Promise<OneAnswer | null> {
  try {
    const { taken, facts } = await askOne(reading, what, signal);
    return { ...taken, facts };
  } catch (error) {
    if (isAppError(error) && error.code !== "provider_rate_limited" && refusesOne(error.details?.["status"])) return null;
    throw error;
  }
}

/**
 * Opens a connection's object for reading. Worker only: it opens the credential. Throws `not_found` when the connection is
 * gone and `reauth_required` when its customer has to reconnect.
 */
export async function openSource(deps: SourceDeps, ref: SourceRef): Promise<Source> {
  const scope = { vendorId: ref.vendorId, environmentId: ref.environmentId, customerId: ref.customerId } as Scope;
  const holder = { db: deps.db, scope, vault: deps.vault, egress: deps.egress, clock: deps.clock };
  const owner = { environmentId: ref.environmentId, customerId: ref.customerId, connectionId: ref.connectionId };
  const { row, manifest, grants } = await openConnection(holder, owner);
  const { db, egress, clock } = deps;
  const klass = ref.interactive ? "interactive" : ref.phase === "backfill" ? "backfill" : ref.urgent ? "realtime" : "incremental";
  const gate = createGate({ db, clock, manifest, owner: gateOwnerOf(ref.environmentId, row), klass });
  const send = createSend({ egress, manifest, grants, sandboxOrigin: row.sandbox_origin, clock, gate });
  const nowMs = () => deps.clock.now().getTime();
  const paths = ref.paths ?? [];
  const reader = JSON.stringify([ref.environmentId, ref.connectionId, ref.object, manifest.key, paths, ref.interactive ?? false]);
  const source = objectSource({ send, manifest, config: row.config, nowMs, paths, reader }, ref.object);
  const one = oneWith(manifest, ref.object, ref.paths ?? []);
  const reading = { send, manifest, config: row.config };
  return {
    ...source,
    ...(one ? { readOne: (id: string, signal?: AbortSignal) => readNamed(reading, { one, object: ref.object, id }, signal) } : {}),
    takeOne: (value, bytes) => takeRecords([value], specOf(manifest, ref.object), { bytes, suspicious: true }),
    changedAt: (value) => changeOf(value, specOf(manifest, ref.object)),
    describe: () => describeObject(send, manifest, ref.object, row.config),
  };
}
