import { authenticateEmbedSession, languageWishes } from "#server/auth/embed-session";
import { type Incoming, requestIdOf } from "#server/auth/request";
import type { CustomerCtx, Deps } from "#server/lib/context";
import { languageOf } from "#server/words/languages";
import { type Reader, sayTo } from "#server/words/reader";
import type { DoorContext } from "../init";

/** The embed door's context: the customer by bearer token, looked up at most once a request. No cookie is read. */
export function createEmbedContext(deps: Deps, incoming: Incoming, responseHeaders = new Headers()): DoorContext<CustomerCtx> {
  const requestId = requestIdOf(incoming);
  let known: Promise<CustomerCtx> | undefined;
  let reader: Reader = { language: languageOf(...languageWishes(incoming)), own: {} };
  return {
    requestId,
    responseHeaders,
    audience: () => sayTo({ reader }),
    authenticate() {
      known ??= authenticateEmbedSession(deps, incoming, requestId).then((ctx) => {
        reader = ctx.reader ?? reader;
        return ctx;
      });
      return known;
    },
  };
}
