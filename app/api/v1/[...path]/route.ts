import { getDeps } from "#server/deps";
import { handleRest } from "#server/rest/handle-rest";

/** The same operations the lean door answers, for deployments that run Next alone. The address is `/v1/…`, rewritten. */
function handle(request: Request): Promise<Response> {
  const url = new URL(request.url);
  url.pathname = url.pathname.replace(/^\/api\/v1\//, "/v1/");
  return handleRest(getDeps(), new Request(url, request));
}

export { handle as DELETE, handle as GET, handle as POST, handle as PUT };
