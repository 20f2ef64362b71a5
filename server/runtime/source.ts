import type { PageFacts } from "#server/db/schema/streams";
import type { Ctx, Scope } from "#server/lib/context";
import type { ErrorCode } from "#server/lib/errors";
import type { SourceField } from "#server/lib/source-field";
import { describeObject } from "./describe";
import { createGate, gateOwnerOf } from "./limits/gate";
import { openConnection } from "./open-connection";
import { objectSource } from "./paging/object-source";
import { createSend } from "./send";

/** A record as the source gave it, under its id there. */
export type SourceRecord = { id: string; value: unknown };

/** A record that could not be taken; `source` is its JSON text, cut. */
export type SourceFault = { externalId: string; code: ErrorCode; message: string; source: string };

export type SourcePage = {
  records: SourceRecord[];
  faults: SourceFault[];
  /** Ids of records that are no more, by the source's own word. */
  deleted: string[];
  /**
   * Given on pages of a whole reading that shows which records are gone. `first` begins one; one of which any page is not
   * `trusted` (a record without a usable id was on it) proves nothing; the `done` page ends it.
   */
  scan?: { first: boolean; trusted: boolean };
  /** Opaque. Where to go on; when `done`, where the next incremental pass starts. */
  cursor: string;
  done: boolean;
  /** The source's own count of this pass, when it tells one. */
  total: number | null;
  facts: PageFacts;
};

export type Source = {
  /** One page. `cursor` null = from the beginning. Needs nothing but the cursor, so a page may be fetched ahead or again. */
  readPage(cursor: string | null, signal?: AbortSignal): Promise<SourcePage>;
  /** The fields of its records. `complete` = the source itself says so; otherwise they are the declared ones. */
  describe?(): Promise<{ fields: SourceField[]; complete: boolean }>;
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
  const source = objectSource({ send, manifest, config: row.config, nowMs, paths: ref.paths ?? [] }, ref.object);
  return { ...source, describe: () => describeObject(send, manifest, ref.object, row.config) };
}
