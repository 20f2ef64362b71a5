import type { Branding } from "#server/db/schema/identity";
import type { ModelField } from "#server/domains/models/schema";
import type { Ctx, CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type * as V from "./views";

const pending =
  <C, I, O>() =>
  async (_ctx: C, _input: I): Promise<O> => {
    throw new AppError("platform_error", "not there yet");
  };
type Page<T> = { items: T[]; next: string | null };
type Fields = NonNullable<V.MappingEditorView["published"]>["fields"];
type Of = { templateId: string; streamKey: string };
type Watch = { connectionId: string; lastEventId?: string | null | undefined };

export const getViewer = pending<Ctx, Record<string, never>, V.Viewer>();
export const switchEnvironment = pending<Ctx, { kind: "test" | "live" }, { kind: "test" | "live" }>();
export const getOverview = pending<Ctx, Record<string, never>, V.Overview>();
export const listCustomers = pending<
  Ctx,
  { search?: string | undefined; state?: V.ConnectionState | undefined; cursor?: string | undefined; limit: number },
  Page<V.CustomerRow> & { total: number }
>();
export const getCustomer = pending<Ctx, { customerId: string }, V.CustomerDetail>();
export const listConnections = pending<
  Ctx,
  {
    state?: V.ConnectionState | undefined;
    integrationId?: string | undefined;
    search?: string | undefined;
    cursor?: string | undefined;
    limit: number;
  },
  Page<V.ConnectionView>
>();
export const getConnection = pending<Ctx, { connectionId: string }, V.ConnectionView>();
export async function* watchConnection(
  _ctx: Ctx,
  _input: Watch,
  _signal: AbortSignal | undefined,
): AsyncGenerator<{ version: string; view: V.ConnectionView }> {}
export const listRuns = pending<
  Ctx,
  {
    customerId?: string | undefined;
    streamId?: string | undefined;
    connectionId?: string | undefined;
    status?: V.RunStatus | undefined;
    cursor?: string | undefined;
    limit: number;
  },
  Page<V.RunRow>
>();
export const getRun = pending<Ctx, { runId: string }, V.RunRow>();
export const listRunPages = pending<Ctx, { runId: string; cursor?: string | undefined }, Page<V.RunPageView>>();
export const listRecordRows = pending<Ctx, { streamId: string; cursor?: string | undefined; limit: number }, Page<V.RecordRow>>();
export const listProblems = pending<Ctx, { streamId: string } | { connectionId: string }, V.ProblemRecord[]>();
export const listIntegrations = pending<Ctx, Record<string, never>, V.IntegrationRow[]>();
export const updateIntegration = pending<Ctx, { id: string }, V.IntegrationRow>();
export const listTemplates = pending<Ctx, Record<string, never>, V.TemplateRow[]>();
export const listModels = pending<Ctx, Record<string, never>, { id: string; key: string; name: string; fields: ModelField[] }[]>();
export const getMappingEditor = pending<Ctx, Of, V.MappingEditorView>();
export const mappingHistory = pending<
  Ctx,
  Of,
  { id: string; version: number; status: "draft" | "published"; createdBy: string; createdAt: Date; publishedAt: Date | null }[]
>();
export const saveDraft = pending<Ctx, Of & { fields: Fields }, { id: string; version: number }>();
export const discardDraft = pending<Ctx, Of, void>();
export const publishMapping = pending<Ctx, Of, { version: number; streams: number }>();
export const listApiKeys = pending<Ctx, Record<string, never>, V.ApiKeyRow[]>();
export const createApiKey = pending<Ctx, { name: string }, { row: V.ApiKeyRow; secret: string }>();
export const revokeApiKey = pending<Ctx, { id: string }, void>();
export const listEndpoints = pending<Ctx, Record<string, never>, V.WebhookEndpointRow[]>();
export const createEndpoint = pending<Ctx, { url: string }, { row: V.WebhookEndpointRow; secret: string }>();
export const removeEndpoint = pending<Ctx, { id: string }, void>();
export const listDeliveries = pending<Ctx, { endpointId?: string | undefined; cursor?: string | undefined }, Page<V.DeliveryRow>>();
export const replayDelivery = pending<Ctx, { deliveryId: string }, void>();
export const updateOrigins = pending<Ctx, { allowedOrigins: string[] }, void>();
export const updateBranding = pending<Ctx, { branding: Branding }, void>();
export const disconnect = pending<Ctx, { connectionId: string }, void>();

export const bootstrap = pending<CustomerCtx, Record<string, never>, V.EmbedBootstrap>();
export const listMarketplace = pending<CustomerCtx, Record<string, never>, V.MarketplaceCard[]>();
export const getIntegrationDetail = pending<CustomerCtx, { integrationId: string }, V.IntegrationDetail>();
export const beginAuthorization = pending<
  CustomerCtx,
  {
    integrationId: string;
    connectionId?: string | undefined;
    config: Record<string, string>;
    display: "popup" | "redirect";
    returnTo?: string | undefined;
  },
  { authorizationId: string; url: string }
>();
export const authorizationStatus = pending<CustomerCtx, { authorizationId: string }, V.AuthorizationStatus>();
type Raw = { outcome: "connected" | "duplicate"; connectionId: string } | { outcome: "different_account"; expected: string; got: string };
export const finalizeAuthorization = pending<CustomerCtx, { authorizationId: string }, Raw>();
export const submitApiKey = pending<
  CustomerCtx,
  { integrationId: string; connectionId?: string | undefined; fields: Record<string, string> },
  Raw
>();
