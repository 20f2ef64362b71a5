import { checkHealth } from "#server/domains/health/check-health";
import type { Deps } from "#server/lib/context";

/** `GET /api/health`: 200 while Postgres answers, 503 when it does not. */
export async function healthResponse(deps: Deps): Promise<Response> {
  const health = await checkHealth(deps);
  return Response.json(health, { status: health.postgres ? 200 : 503, headers: { "cache-control": "no-store" } });
}
