import { z } from "zod";
import { HOST_ORIGIN_HEADER } from "#server/auth/embed-session";
import { requestIdOf } from "#server/auth/request";
import { authenticateSignedSession } from "#server/auth/signed-session";
import { getDeps } from "#server/deps";
import { mintEmbedSession } from "#server/domains/embed-sessions/mint-embed-session";
import { isFrame } from "#server/domains/environments/is-frame";
import { AppError, isAppError } from "#server/lib/errors";
import { problemResponse } from "#server/rest/problem";

export const dynamic = "force-dynamic";

const Body = z.strictObject({ token: z.string().min(1).max(10_000) });

type Context = { params: Promise<{ publishableKey: string }> };

/** The frame hands in the JWT that the vendor's page gave it, and gets an embed session for it. No cookie is read. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const deps = getDeps();
  const requestId = requestIdOf(request);
  try {
    const { publishableKey } = await params;
    const caller = request.headers.get("origin");
    if (!(await isFrame(deps, { publishableKey, caller }))) {
      throw new AppError("forbidden", `Tokens are handed in by the frame at ${deps.config.origin}, not by ${caller}.`);
    }
    const hostOrigin = request.headers.get(HOST_ORIGIN_HEADER) ?? "";
    const body = Body.safeParse(await request.json().catch(() => null));
    if (!body.success) throw new AppError("invalid", "The body has to be JSON with a token.");
    const { ctx, session } = await authenticateSignedSession(deps, { publishableKey, token: body.data.token, hostOrigin, requestId });
    const { token, expiresAt } = await mintEmbedSession(ctx, session);
    return Response.json(
      { token, expiresAt: expiresAt.toISOString() },
      { headers: { "cache-control": "no-store", "x-request-id": requestId } },
    );
  } catch (error) {
    if (!isAppError(error)) deps.log.error({ err: error, requestId }, "a signed token could not be exchanged");
    return problemResponse(error, requestId);
  }
}
