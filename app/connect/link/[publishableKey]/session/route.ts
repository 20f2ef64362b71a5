import { z } from "zod";
import { requestIdOf } from "#server/auth/request";
import { getDeps } from "#server/deps";
import { openLink } from "#server/domains/connect-links/open-link";
import { isFrame } from "#server/domains/environments/is-frame";
import { AppError, isAppError } from "#server/lib/errors";
import { problemResponse } from "#server/rest/problem";

export const dynamic = "force-dynamic";

const Body = z.strictObject({ token: z.string().min(1).max(200) });

type Context = { params: Promise<{ publishableKey: string }> };

/** The page a link leads to hands in the link's secret and gets a session for the one thing it is for. No cookie is read. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const deps = getDeps();
  const requestId = requestIdOf(request);
  try {
    const { publishableKey } = await params;
    if (!(await isFrame(deps, { publishableKey, caller: request.headers.get("origin") })))
      throw new AppError("forbidden", "Links are opened by their own page.");
    const body = Body.safeParse(await request.json().catch(() => null));
    if (!body.success) throw new AppError("invalid", "The body has to be JSON with a token.");
    const opened = await openLink(deps, { publishableKey, token: body.data.token });
    return Response.json(opened, { headers: { "cache-control": "no-store", "x-request-id": requestId } });
  } catch (error) {
    if (!isAppError(error)) deps.log.error({ err: error, requestId }, "a link could not be opened");
    return problemResponse(error, requestId);
  }
}
