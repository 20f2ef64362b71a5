import { getDeps } from "#server/deps";
import { unsubscribeResponse } from "#server/rest/unsubscribe";

const handle = (request: Request): Promise<Response> => unsubscribeResponse(getDeps(), request);

export { handle as GET, handle as POST };
