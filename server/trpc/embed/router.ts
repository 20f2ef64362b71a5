import { embedCallerOf, embedRouterOf } from "../init";
import { conflicts } from "./conflicts";
import { claims, connect } from "./connect";
import { connections, installations, problems, records, runs, streams } from "./connections";
import { dryRuns } from "./dry-runs";
import { mapping } from "./mapping";
import { marketplace, session } from "./marketplace";

/** What a customer may do in the marketplace. */
export const embedRouter = embedRouterOf({
  session,
  marketplace,
  connect,
  claims,
  connections,
  installations,
  streams,
  runs,
  records,
  problems,
  conflicts,
  mapping,
  dryRuns,
});
export type EmbedRouter = typeof embedRouter;
export const createEmbedCaller = embedCallerOf(embedRouter);
