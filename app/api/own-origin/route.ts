import { getDeps } from "#server/deps";
import { isNamedResponse } from "#server/http/own-origin";

export const dynamic = "force-dynamic";

/** Asked by what ends TLS in front of us, before it gets a certificate for a name. */
export async function GET(request: Request): Promise<Response> {
  return isNamedResponse(getDeps(), new URL(request.url).searchParams.get("domain") ?? "");
}
