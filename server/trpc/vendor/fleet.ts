import { z } from "zod";
import { disconnect } from "#server/domains/connections/disconnect";
import { gatesOf } from "#server/domains/customers/gates-of";
import { setInternal } from "#server/domains/customers/set-internal";
import { setTraits } from "#server/domains/customers/set-traits";
import { Traits } from "#server/domains/integrations/gate";
import { getLineage } from "#server/domains/records/get-lineage";
import { listRunRecords } from "#server/domains/records/list-run-records";
import { getRun } from "#server/domains/runs/get-run";
import { listRunPages } from "#server/domains/runs/list-run-pages";
import { listRuns } from "#server/domains/runs/list-runs";
import { actOnCustomers } from "#server/domains/streams/act-on-customers";
import { decideDeletes } from "#server/domains/streams/decide-deletes";
import { getMissing } from "#server/domains/streams/get-missing";
import { pauseStream, resumeStream } from "#server/domains/streams/pause-stream";
import { rereadStream } from "#server/domains/streams/reread-stream";
import { stopRun } from "#server/domains/streams/stop-run";
import { syncNow } from "#server/domains/streams/sync-now";
import { getConnection } from "#server/domains/views/get-connection";
import { getCustomer } from "#server/domains/views/get-customer";
import { listConnections } from "#server/domains/views/list-connections";
import { listCustomers } from "#server/domains/views/list-customers";
import { listRecordRows } from "#server/domains/views/list-record-rows";
import { vendorProcedure, vendorRouterOf } from "../init";
import {
  connectionInput,
  connectionState,
  cursor,
  decideDeletesInput,
  id,
  limit,
  recordInput,
  runRecordsInput,
  streamInput,
  watchInput,
} from "../inputs";
import { watch } from "../watch";

const search = z.string().max(200).optional();
const runInput = z.strictObject({ runId: id("run") });

export const customers = vendorRouterOf({
  list: vendorProcedure("viewer")
    .input(z.strictObject({ search, state: connectionState.optional(), sort: z.enum(["urgent", "newest"]).optional(), cursor, limit }))
    .query(({ ctx, input }) => listCustomers(ctx, input)),
  get: vendorProcedure("viewer")
    .input(z.strictObject({ customerId: id("customer") }))
    .query(({ ctx, input }) => getCustomer(ctx, input)),
  act: vendorProcedure("support")
    .input(z.strictObject({ customerIds: z.array(id("customer")).min(1).max(200), action: z.enum(["sync", "pause", "resume"]) }))
    .mutation(({ ctx, input }) => actOnCustomers(ctx, input)),
  setInternal: vendorProcedure("developer")
    .input(z.strictObject({ customerId: id("customer"), internal: z.boolean() }))
    .mutation(({ ctx, input }) => setInternal(ctx, input)),
  setTraits: vendorProcedure("developer")
    .input(z.strictObject({ customerId: id("customer"), traits: Traits }))
    .mutation(({ ctx, input }) => setTraits(ctx, input)),
  gates: vendorProcedure("viewer")
    .input(z.strictObject({ customerId: id("customer"), traits: Traits.optional() }))
    .query(({ ctx, input }) => gatesOf(ctx, input)),
});

export const connections = vendorRouterOf({
  list: vendorProcedure("viewer")
    .input(z.strictObject({ state: connectionState.optional(), integrationId: id("integration").optional(), search, cursor, limit }))
    .query(({ ctx, input }) => listConnections(ctx, input)),
  get: vendorProcedure("viewer")
    .input(connectionInput)
    .query(({ ctx, input }) => getConnection(ctx, input)),
  watch: vendorProcedure("viewer")
    .input(watchInput)
    .subscription(({ ctx, input, signal }) => watch(ctx, input, signal)),
  disconnect: vendorProcedure("developer")
    .input(connectionInput)
    .mutation(({ ctx, input }) => disconnect(ctx, input)),
});

export const streams = vendorRouterOf({
  sync: vendorProcedure("support")
    .input(streamInput)
    .mutation(({ ctx, input }) => syncNow(ctx, input)),
  pause: vendorProcedure("support")
    .input(streamInput)
    .mutation(({ ctx, input }) => pauseStream(ctx, input)),
  resume: vendorProcedure("support")
    .input(streamInput)
    .mutation(({ ctx, input }) => resumeStream(ctx, input)),
  reread: vendorProcedure("support")
    .input(streamInput)
    .mutation(({ ctx, input }) => rereadStream(ctx, input)),
  stopRun: vendorProcedure("support")
    .input(streamInput)
    .mutation(({ ctx, input }) => stopRun(ctx, input)),
  missing: vendorProcedure("developer")
    .input(streamInput)
    .query(({ ctx, input }) => getMissing(ctx, input)),
  decideDeletes: vendorProcedure("developer")
    .input(decideDeletesInput)
    .mutation(({ ctx, input }) => decideDeletes(ctx, input)),
});

export const runs = vendorRouterOf({
  list: vendorProcedure("viewer")
    .input(
      z.strictObject({
        customerId: id("customer").optional(),
        streamId: id("stream").optional(),
        status: z.enum(["running", "succeeded", "failed", "cancelled"]).optional(),
        cursor,
        limit,
      }),
    )
    .query(({ ctx, input }) => listRuns(ctx, input)),
  get: vendorProcedure("viewer")
    .input(runInput)
    .query(({ ctx, input }) => getRun(ctx, input)),
  pages: vendorProcedure("viewer")
    .input(runInput.extend({ cursor }))
    .query(({ ctx, input }) => listRunPages(ctx, input)),
});

export const records = vendorRouterOf({
  list: vendorProcedure("developer")
    .input(z.strictObject({ streamId: id("stream"), cursor, limit }))
    .query(({ ctx, input }) => listRecordRows(ctx, input)),
  ofRun: vendorProcedure("developer")
    .input(runRecordsInput)
    .query(({ ctx, input }) => listRunRecords(ctx, input)),
  lineage: vendorProcedure("developer")
    .input(recordInput)
    .query(({ ctx, input }) => getLineage(ctx, input)),
});
