import type { inferRouterInputs } from "@trpc/server";
import type { EmbedClient } from "#components/trpc/embed-client";
import type { EmbedRouter } from "#server/trpc/embed/router";

type In = inferRouterInputs<EmbedRouter>;

/**
 * What a page that draws its own screens may ask for, by the name it uses. The list is closed, and each entry is a procedure
 * that the marketplace's own screens use with the same session: same checks, same refusals, same words.
 */
export const CALLS = {
  getSession: (client: EmbedClient) => client.session.bootstrap.query(),
  listIntegrations: (client: EmbedClient) => client.marketplace.list.query(),
  getIntegration: (client: EmbedClient, input: In["marketplace"]["get"]) => client.marketplace.get.query(input),
  requestIntegration: (client: EmbedClient, input: In["marketplace"]["request"]) => client.marketplace.request.mutate(input),

  beginAuthorization: (client: EmbedClient, input: In["connect"]["begin"]) => client.connect.begin.mutate(input),
  getAuthorization: (client: EmbedClient, input: In["connect"]["status"]) => client.connect.status.query(input),
  finishAuthorization: (client: EmbedClient, input: In["connect"]["finalize"]) => client.connect.finalize.mutate(input),
  connectWithKey: (client: EmbedClient, input: In["connect"]["submitKey"]) => client.connect.submitKey.mutate(input),
  inviteAdmin: (client: EmbedClient, input: In["connect"]["invite"]) => client.connect.invite.mutate(input),

  getConnection: (client: EmbedClient, input: In["connections"]["get"]) => client.connections.get.query(input),
  disconnect: (client: EmbedClient, input: In["connections"]["disconnect"]) => client.connections.disconnect.mutate(input),

  getMapping: (client: EmbedClient, input: In["mapping"]["get"]) => client.mapping.get.query(input),
  saveMapping: (client: EmbedClient, input: In["mapping"]["save"]) => client.mapping.save.mutate(input),
  getMappingHistory: (client: EmbedClient, input: In["mapping"]["history"]) => client.mapping.history.query(input),
  startDryRun: (client: EmbedClient, input: In["dryRuns"]["start"]) => client.dryRuns.start.mutate(input),
  getDryRun: (client: EmbedClient, input: In["dryRuns"]["get"]) => client.dryRuns.get.query(input),
  activate: (client: EmbedClient, input: In["installations"]["activate"]) => client.installations.activate.mutate(input),

  syncNow: (client: EmbedClient, input: In["streams"]["sync"]) => client.streams.sync.mutate(input),
  pauseStream: (client: EmbedClient, input: In["streams"]["pause"]) => client.streams.pause.mutate(input),
  resumeStream: (client: EmbedClient, input: In["streams"]["resume"]) => client.streams.resume.mutate(input),
  chooseForStream: (client: EmbedClient, input: In["streams"]["choose"]) => client.streams.choose.mutate(input),
  listRuns: (client: EmbedClient, input: In["runs"]["list"]) => client.runs.list.query(input),
  listProblems: (client: EmbedClient, input: In["problems"]["list"]) => client.problems.list.query(input),
  listConflicts: (client: EmbedClient, input: In["conflicts"]["list"]) => client.conflicts.list.query(input),
  settleConflict: (client: EmbedClient, input: In["conflicts"]["settle"]) => client.conflicts.settle.mutate(input),
};

export type CallName = keyof typeof CALLS;
type Input<N extends CallName> = Parameters<(typeof CALLS)[N]>[1];

/** The same as functions of the page. */
export type HeadlessCalls = {
  [N in CallName]: undefined extends Input<N> ? () => ReturnType<(typeof CALLS)[N]> : (input: Input<N>) => ReturnType<(typeof CALLS)[N]>;
};
