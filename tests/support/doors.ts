import type { Scene } from "./world";

export type Ids = Pick<
  Scene,
  "integration" | "template" | "connection" | "stream" | "run" | "customer" | "authorization" | "apiKey" | "endpoint" | "delivery"
> & {
  drift: string;
  conflict: string;
  rollout: string;
  dryRun: string;
  keyIntegration: string;
  embedKey: string;
  inbound: string;
};
type Input = (ids: Ids) => Record<string, unknown>;

const mapping: Input = ({ template }) => ({ templateId: template, streamKey: "contacts" });
const connection: Input = ({ connection }) => ({ connectionId: connection });
const stream: Input = ({ stream }) => ({ streamId: stream });
const decision: Input = ({ stream }) => ({ streamId: stream, decision: "approve" });
const adaptation: Input = ({ connection, template }) => ({ connectionId: connection, templateId: template });
const drift: Input = ({ drift }) => ({ driftId: drift, act: "dismiss" });
const line: Input = ({ integration }) => ({ integrationId: integration, object: "contact", kind: "removed", path: "properties.fax" });
const rollout: Input = ({ rollout }) => ({ rolloutId: rollout });
const own =
  (more: Record<string, unknown>): Input =>
  (ids) => ({ ...stream(ids), n: 0, ...more });
/** What customers and, for them, the vendor's support do with mappings. */
const OVERRIDES: Record<string, Input> = {
  get: adaptation,
  save: own({ fields: { firstName: null } }),
  settleConflict: own({ target: "email", keep: "customer" }),
  revert: own({ to: 0 }),
  history: stream,
  settleDrift: drift,
  document: connection,
};
const trial: Input = (ids) => ({ ...adaptation(ids), streamKey: "contacts" });
const correction: Input = ({ stream }) => ({ streamId: stream, externalId: "bad-1", field: "email", value: "a@b.example" });
/** What may be known of single records. */
export const RECORDS: Record<string, Input> = {
  "records.ofRun": ({ run }) => ({ runId: run }),
  "records.lineage": ({ stream }) => ({ streamId: stream, externalId: "1" }),
};
/** What may be done about what did not get through. */
export const PROBLEMS: Record<string, Input> = {
  "problems.retry": stream,
  "problems.skip": stream,
  "problems.restore": stream,
  "problems.correct": correction,
  "problems.uncorrect": ({ stream }) => ({ streamId: stream, externalId: "bad-1", field: "email" }),
};
/** What has the worker read for somebody who adapts a mapping. */
const DRY_RUNS: Record<string, Input> = {
  "dryRuns.look": connection,
  "dryRuns.start": trial,
  "dryRuns.previewWrites": trial,
  "dryRuns.get": ({ dryRun }) => ({ callId: dryRun }),
};
/** The verbs of {@link OVERRIDES} as the procedures of one room. */
export const under = (room: string): Record<string, Input> =>
  Object.fromEntries(Object.entries(OVERRIDES).map(([name, input]) => [`${room}.${name}`, input]));

/** An input for every procedure that takes an id. A new procedure with an id must be put in here. */
export const VENDOR_INPUTS: Record<string, Input> = {
  "overrides.driftReach": line,
  "overrides.settleEverywhere": line,
  "connectors.template": ({ integration }) => ({ integrationId: integration, object: "contact" }),
  "embedKeys.remove": ({ embedKey }) => ({ id: embedKey }),
  "customers.get": ({ customer }) => ({ customerId: customer }),
  "customers.setTraits": ({ customer }) => ({ customerId: customer, traits: { plan: "pro" } }),
  "customers.gates": ({ customer }) => ({ customerId: customer }),
  "customers.setInternal": ({ customer }) => ({ customerId: customer, internal: true }),
  "connections.list": ({ integration }) => ({ integrationId: integration }),
  "connections.get": connection,
  "connections.watch": connection,
  "connections.disconnect": connection,
  "streams.sync": stream,
  "streams.pause": stream,
  "streams.reread": stream,
  "streams.stopRun": stream,
  "streams.resume": stream,
  "streams.missing": stream,
  "streams.decideDeletes": decision,
  "inbound.get": ({ integration }) => ({ integrationId: integration }),
  "inbound.create": ({ integration, connection }) => ({ integrationId: integration, connectionId: connection }),
  "inbound.rotate": ({ inbound }) => ({ inboundId: inbound }),
  "inbound.remove": ({ inbound }) => ({ inboundId: inbound }),
  "runs.list": ({ customer, stream }) => ({ customerId: customer, streamId: stream }),
  "runs.get": ({ run }) => ({ runId: run }),
  "runs.pages": ({ run }) => ({ runId: run }),
  "records.list": stream,
  ...RECORDS,
  "writes.list": stream,
  "conflicts.list": stream,
  "conflicts.settle": ({ conflict }) => ({ conflictId: conflict, choices: { email: { take: "ours" } } }),
  "conflicts.settleAlike": (ids) => ({ ...stream(ids), field: "email", take: "ours" }),
  ...PROBLEMS,
  "problems.list": stream,
  "problems.causes": stream,
  "problems.corrections": stream,
  "writes.planUndo": ({ run }) => ({ runId: run }),
  "writes.undo": ({ run }) => ({ runId: run }),
  "integrations.update": ({ integration }) => ({ id: integration, name: "Taken over", clientSecret: "mine" }),
  "templates.get": ({ template }) => ({ templateId: template }),
  "templates.draft": ({ template }) => ({ templateId: template }),
  "templates.versions": ({ template }) => ({ templateId: template }),
  "templates.version": ({ template }) => ({ templateId: template, version: 1 }),
  "templates.publish": ({ template }) => ({ templateId: template }),
  "templates.discardDraft": ({ template }) => ({ templateId: template }),
  "templates.adoptVersion": ({ template }) => ({ templateId: template, version: 1 }),
  "templates.objects": ({ integration }) => ({ integrationId: integration }),
  "templates.create": ({ integration }) => ({ integrationId: integration, name: "Taken over" }),
  "templates.previewReady": ({ integration }) => ({ key: "support-orders", integrationId: integration }),
  "templates.createReady": ({ integration }) => ({ key: "support-orders", integrationId: integration }),
  "templates.update": ({ template }) => ({ templateId: template, name: "Taken over" }),
  "templates.addStream": ({ template }) => ({ templateId: template, object: "contact", model: "contact", fields: [] }),
  "templates.removeStream": ({ template }) => ({ templateId: template, streamKey: "contacts" }),
  "templates.setStatus": ({ template }) => ({ templateId: template, status: "draft" }),
  "mappings.customers": mapping,
  "mappings.onCustomer": (ids) => ({ ...mapping(ids), connectionId: ids.connection }),
  "mappings.editor": mapping,
  "mappings.history": mapping,
  "mappings.version": (ids) => ({ ...mapping(ids), version: 1 }),
  "mappings.saveDraft": (ids) => ({ ...mapping(ids), fields: [{ target: "email", constant: "x" }] }),
  "mappings.discardDraft": mapping,
  "mappings.publish": mapping,
  ...under("overrides"),
  ...DRY_RUNS,
  "dryRuns.startDraft": trial,
  "dryRuns.previewDraftWrites": trial,
  "rollouts.list": ({ template }) => ({ templateId: template }),
  "rollouts.preview": mapping,
  "rollouts.start": mapping,
  ...Object.fromEntries(["pause", "resume", "rollBack", "finish"].map((verb) => [`rollouts.${verb}`, rollout])),
  "apiKeys.revoke": ({ apiKey }) => ({ id: apiKey }),
  "webhooks.remove": ({ endpoint }) => ({ id: endpoint }),
  "webhooks.deliveries": ({ endpoint }) => ({ endpointId: endpoint }),
  "webhooks.replay": ({ delivery }) => ({ deliveryId: delivery }),
  "webhooks.replayFailed": ({ endpoint }) => ({ id: endpoint }),
  "webhooks.planReplay": ({ endpoint }) => ({ id: endpoint, from: new Date(0), to: new Date() }),
  "webhooks.replayRange": ({ endpoint }) => ({ id: endpoint, from: new Date(0), to: new Date() }),
  "webhooks.setStatus": ({ endpoint }) => ({ id: endpoint, status: "disabled" }),
  "webhooks.rotate": ({ endpoint }) => ({ id: endpoint }),
};
export const EMBED_INPUTS: Record<string, Input> = {
  "marketplace.get": ({ integration }) => ({ integrationId: integration }),
  "connect.begin": ({ integration, connection }) => ({ integrationId: integration, connectionId: connection, display: "popup" }),
  "connect.status": ({ authorization }) => ({ authorizationId: authorization }),
  "connect.finalize": ({ authorization }) => ({ authorizationId: authorization }),
  "connect.submitKey": ({ keyIntegration, connection }) => ({
    integrationId: keyIntegration,
    connectionId: connection,
    fields: { key: "sbx_12345678" },
  }),
  "connect.invite": ({ integration, connection }) => ({ integrationId: integration, connectionId: connection }),
  "connect.invited": ({ integration }) => ({ integrationId: integration }),
  "connections.get": connection,
  "connections.watch": connection,
  "connections.disconnect": connection,
  "installations.activate": ({ connection, template }) => ({ connectionId: connection, templateId: template }),
  "streams.sync": stream,
  "streams.pause": stream,
  "streams.resume": stream,
  "streams.missing": stream,
  "streams.choose": ({ stream: streamId }) => ({ streamId, chosen: {} }),
  "streams.decideDeletes": decision,
  "runs.list": connection,
  ...RECORDS,
  ...PROBLEMS,
  "problems.list": connection,
  "problems.causes": connection,
  "problems.corrections": connection,
  "conflicts.list": connection,
  "conflicts.settle": ({ conflict }) => ({ conflictId: conflict, choices: { email: { take: "ours" } } }),
  "conflicts.settleAlike": (ids) => ({ ...stream(ids), field: "email", take: "ours" }),
  ...under("mapping"),
  ...DRY_RUNS,
};

/** An integration belongs to the environment: to another customer of the same vendor it is no secret. */
export const SHARED = new Set(["marketplace.get", "connect.invited"]);

export const NOWHERE = {
  integration: "int_0000000000nowhere000",
  keyIntegration: "int_0000000000nowhere001",
  embedKey: "emk_0000000000nowhere001",
  inbound: "inb_0000000000nowhere000",
  drift: "dft_0000000000nowhere000",
  conflict: "cfl_0000000000nowhere000",
  rollout: "rol_0000000000nowhere000",
  dryRun: "acl_0000000000nowhere000",
  template: "tpl_0000000000nowhere000",
  connection: "con_0000000000nowhere000",
  stream: "str_0000000000nowhere000",
  run: "run_0000000000nowhere000",
  customer: "cus_0000000000nowhere000",
  authorization: "aut_0000000000nowhere000",
  apiKey: "key_0000000000nowhere000",
  endpoint: "whe_0000000000nowhere000",
  delivery: "dlv_0000000000nowhere000",
} as unknown as Ids;
