import { z } from "zod";
import { disconnect } from "#server/domains/connections/disconnect";
import { activateTemplate } from "#server/domains/installations/activate-template";
import { Adaptations, StreamChoices, StreamSwitches } from "#server/domains/overrides/schema";
import { correctRecord, uncorrectRecord } from "#server/domains/records/correct-record";
import { getLineage } from "#server/domains/records/get-lineage";
import { listRunRecords } from "#server/domains/records/list-run-records";
import { restoreRecords, retryRecords, skipRecords } from "#server/domains/records/settle-held-records";
import { listRuns } from "#server/domains/runs/list-runs";
import { chooseForStream } from "#server/domains/streams/choose-for-stream";
import { decideDeletes } from "#server/domains/streams/decide-deletes";
import { getMissing } from "#server/domains/streams/get-missing";
import { pauseStream, resumeStream } from "#server/domains/streams/pause-stream";
import { syncNow } from "#server/domains/streams/sync-now";
import { getConnection } from "#server/domains/views/get-connection";
import { listCorrections } from "#server/domains/views/list-corrections";
import { listProblemCauses, listProblemRecords } from "#server/domains/views/list-problem-records";
import { embedProcedure, embedRouterOf } from "../init";
import {
  adaptationInput,
  chooseInput,
  connectionInput,
  correctionInput,
  cursor,
  decideDeletesInput,
  heldInput,
  heldState,
  id,
  limit,
  recordInput,
  runRecordsInput,
  streamInput,
  watchInput,
} from "../inputs";
import { watch } from "../watch";

export const connections = embedRouterOf({
  get: embedProcedure.input(connectionInput).query(({ ctx, input }) => getConnection(ctx, input)),
  watch: embedProcedure.input(watchInput).subscription(({ ctx, input, signal }) => watch(ctx, input, signal)),
  disconnect: embedProcedure.input(connectionInput).mutation(({ ctx, input }) => disconnect(ctx, input)),
});

export const installations = embedRouterOf({
  activate: embedProcedure
    .input(
      adaptationInput.extend({
        adaptations: Adaptations.optional(),
        streams: StreamSwitches.optional(),
        choices: StreamChoices.optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      await activateTemplate(ctx, input);
      return getConnection(ctx, { connectionId: input.connectionId });
    }),
});

export const streams = embedRouterOf({
  sync: embedProcedure.input(streamInput).mutation(({ ctx, input }) => syncNow(ctx, input)),
  pause: embedProcedure.input(streamInput).mutation(({ ctx, input }) => pauseStream(ctx, input)),
  resume: embedProcedure.input(streamInput).mutation(({ ctx, input }) => resumeStream(ctx, input)),
  choose: embedProcedure.input(chooseInput).mutation(({ ctx, input }) => chooseForStream(ctx, input)),
  missing: embedProcedure.input(streamInput).query(({ ctx, input }) => getMissing(ctx, input)),
  decideDeletes: embedProcedure.input(decideDeletesInput).mutation(({ ctx, input }) => decideDeletes(ctx, input)),
});

export const runs = embedRouterOf({
  list: embedProcedure
    .input(z.strictObject({ connectionId: id("connection"), cursor, limit }))
    .query(({ ctx, input }) => listRuns(ctx, input)),
});

/** The customer's own records, as far as a run had to do with them. */
export const records = embedRouterOf({
  ofRun: embedProcedure.input(runRecordsInput).query(({ ctx, input }) => listRunRecords(ctx, input)),
  lineage: embedProcedure.input(recordInput).query(({ ctx, input }) => getLineage(ctx, input)),
});

export const problems = embedRouterOf({
  list: embedProcedure
    .input(connectionInput.extend({ state: heldState, cause: heldInput.shape.cause, cursor, limit }))
    .query(({ ctx, input }) => listProblemRecords(ctx, input)),
  causes: embedProcedure.input(connectionInput.extend({ state: heldState })).query(({ ctx, input }) => listProblemCauses(ctx, input)),
  retry: embedProcedure.input(heldInput).mutation(({ ctx, input }) => retryRecords(ctx, input)),
  skip: embedProcedure.input(heldInput).mutation(({ ctx, input }) => skipRecords(ctx, input)),
  restore: embedProcedure.input(heldInput).mutation(({ ctx, input }) => restoreRecords(ctx, input)),
  correct: embedProcedure.input(correctionInput.extend({ value: z.unknown() })).mutation(({ ctx, input }) => correctRecord(ctx, input)),
  corrections: embedProcedure.input(connectionInput.extend({ cursor, limit })).query(({ ctx, input }) => listCorrections(ctx, input)),
  uncorrect: embedProcedure.input(correctionInput).mutation(({ ctx, input }) => uncorrectRecord(ctx, input)),
});
