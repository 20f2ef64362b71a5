import { getDeps } from "#server/deps";
import { healthResponse } from "#server/http/health";

export const dynamic = "force-dynamic";

export function GET(): Promise<Response> {
  return healthResponse(getDeps());
}
