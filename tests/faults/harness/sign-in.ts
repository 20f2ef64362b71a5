import { beginAuthorization } from "#server/domains/connections/begin-authorization";
import { finalizeAuthorization } from "#server/domains/connections/finalize-authorization";
import { receiveCallback } from "#server/domains/connections/receive-callback";
import { activateTemplate } from "#server/domains/installations/activate-template";
import type { IntegrationId, StreamId, TemplateId } from "#server/lib/ids";
import { answerConsent } from "#server/simulator/visitor";
import type { Account, Bed } from "./bed";

/** An account that is signed in to with OAuth, its refresh tokens rotating, for a customer of its own; `contacts` of so many records. */
export async function signIn(bed: Bed, portal: string, records: number): Promise<Account> {
  await bed.control({ service: "hubspot", portal, records });
  const { ctx, customerId } = await bed.stranger();
  const [integration] = await bed.owner`select i.id, t.id as template from integrations i join templates t on t.integration_id = i.id
    where i.connector_key = 'hubspot' and t.name like 'Contacts%' and i.environment_id = ${ctx.scope.environmentId} limit 1`;
  const integrationId = integration?.["id"] as IntegrationId;
  const { authorizationId, url } = await beginAuthorization(ctx, { integrationId, config: {}, display: "popup" });
  const query = Object.fromEntries((await answerConsent(url, { portal })).searchParams);
  const back = await receiveCallback(ctx, {
    integrationId,
    state: query["state"] ?? "",
    code: query["code"],
    error: query["error"],
    errorDescription: query["error_description"],
    iss: query["iss"],
  });
  const outcome = await finalizeAuthorization(ctx, { authorizationId, ...(back.ticket ? { ticket: back.ticket } : {}) });
  if (outcome.outcome !== "connected") throw new Error(`not connected: ${outcome.outcome}`);
  const connectionId = outcome.connectionId;
  const templateId = integration?.["template"] as TemplateId;
  const { streamIds } = await activateTemplate(ctx, { connectionId, templateId });
  const account: Account = {
    key: portal,
    truthAt: `hubspot/contacts?portal=${portal}&limit=2000000`,
    ctx,
    customerId,
    connectionId,
    templateId,
    streamId: streamIds[0] as StreamId,
    changes: new Map(),
  };
  bed.accounts.push(account);
  return account;
}
