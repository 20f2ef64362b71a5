import { vendorCallerOf, vendorRouterOf } from "../init";
import { integrations, mappings } from "./catalogue";
import { conflicts } from "./conflicts";
import { connectors } from "./connectors";
import { dryRuns } from "./dry-runs";
import { embedKeys } from "./embed-keys";
import { consumers, notices } from "./feed";
import { connections, customers, records, runs, streams } from "./fleet";
import { inbound } from "./inbound";
import { letters } from "./letters";
import { models } from "./models";
import { overrides } from "./overrides";
import { problems } from "./problems";
import { requests } from "./requests";
import { rollouts } from "./rollouts";
import { apiKeys, branding, environment, overview, viewer, webhooks } from "./settings";
import { templates } from "./templates";
import { writes } from "./writes";

/** What the vendor's team may do in the dashboard. */
export const vendorRouter = vendorRouterOf({
  viewer,
  overview,
  notices,
  customers,
  connections,
  streams,
  runs,
  records,
  problems,
  writes,
  conflicts,
  integrations,
  inbound,
  connectors,
  templates,
  models,
  mappings,
  overrides,
  dryRuns,
  rollouts,
  apiKeys,
  embedKeys,
  requests,
  webhooks,
  consumers,
  letters,
  environment,
  branding,
});
export type VendorRouter = typeof vendorRouter;
export const createVendorCaller = vendorCallerOf(vendorRouter);
