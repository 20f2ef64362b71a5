import type { PageFacts } from "#server/db/schema/streams";
import type { Ctx } from "#server/lib/context";
import { AppError, type ErrorCode } from "#server/lib/errors";

/** A record as the source gave it, under its id there. */
export type SourceRecord = { id: string; value: unknown };

/** A record that could not be taken; `source` is its JSON text, cut. */
export type SourceFault = { externalId: string; code: ErrorCode; message: string; source: string };

export type SourcePage = {
  records: SourceRecord[];
  faults: SourceFault[];
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
};

export type SourceRef = {
  vendorId: string;
  environmentId: string;
  customerId: string;
  connectionId: string;
  /** Key of an object in the connector's manifest. */
  object: string;
  phase: "backfill" | "incremental";
};

type SourceDeps = Pick<Ctx, "db" | "vault" | "egress" | "log" | "clock">;

/** Opens a connection's object for reading. Worker only: it opens the credential. */
export async function openSource(_deps: SourceDeps, ref: SourceRef): Promise<Source> {
  throw new AppError("platform_error", `not there yet: ${ref.object}`);
}
