import { requestIdOf } from "#server/auth/request";
import { setUp } from "#server/auth/set-up";
import { getDeps } from "#server/deps";
import { getEnv } from "#server/env";
import { problemResponse } from "#server/rest/problem";

/** What the first-run page sends. */
export async function POST(request: Request): Promise<Response> {
  try {
    const { keys, cookie } = await setUp(getDeps(), getEnv(), await request.json().catch(() => null));
    return Response.json(keys, { status: 201, headers: { "set-cookie": cookie, "cache-control": "no-store" } });
  } catch (error) {
    return problemResponse(error, requestIdOf(request));
  }
}
