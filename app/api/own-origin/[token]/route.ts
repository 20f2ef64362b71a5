import { getDeps } from "#server/deps";
import { ownOriginResponse } from "#server/http/own-origin";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ token: string }> };

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  return ownOriginResponse(getDeps(), (await params).token);
}
