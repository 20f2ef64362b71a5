import type { Operation } from "./operation";
import { actions } from "./operations/actions";
import { adaptations } from "./operations/adaptations";
import { conflicts } from "./operations/conflicts";
import { connections } from "./operations/connections";
import { connectors } from "./operations/connectors";
import { consumers } from "./operations/consumers";
import { customers } from "./operations/customers";
import { dryRuns } from "./operations/dry-runs";
import { embedSessions } from "./operations/embed-sessions";
import { heldRecords } from "./operations/held-records";
import { inbound } from "./operations/inbound";
import { lineage } from "./operations/lineage";
import { mappingDrafts } from "./operations/mapping-drafts";
import { mappings } from "./operations/mappings";
import { models } from "./operations/models";
import { ownRecords } from "./operations/own-records";
import { readyTemplates } from "./operations/ready-templates";
import { records } from "./operations/records";
import { rollouts } from "./operations/rollouts";
import { streams } from "./operations/streams";
import { templateDrafts } from "./operations/template-drafts";
import { templates } from "./operations/templates";
import { webhookDeliveries } from "./operations/webhook-deliveries";
import { webhookEndpoints } from "./operations/webhook-endpoints";
import { writes } from "./operations/writes";

/** Every operation of the public API, in the order the documentation shows them. */
export const OPERATIONS: readonly Operation[] = [
  ...embedSessions,
  ...customers,
  ...connections,
  ...streams,
  ...mappings,
  ...adaptations,
  ...rollouts,
  ...dryRuns,
  ...actions,
  ...records,
  ...lineage,
  ...heldRecords,
  ...consumers,
  ...ownRecords,
  ...writes,
  ...conflicts,
  ...connectors,
  ...models,
  ...templates,
  ...templateDrafts,
  ...mappingDrafts,
  ...readyTemplates,
  ...inbound,
  ...webhookEndpoints,
  ...webhookDeliveries,
];
