import { requestIdOf } from "#server/auth/request";
import { toResponse } from "#server/rest/call";
import { noSuchPath } from "#server/rest/problem";

/** Programs ask here: what is not there answers as the API does, not with a page. */
function handle(request: Request): Response {
  return toResponse(noSuchPath(new URL(request.url).pathname, requestIdOf(request)));
}

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
