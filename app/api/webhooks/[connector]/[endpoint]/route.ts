import { getDeps } from "#server/deps";
import { answerWebCall } from "#server/http/ingress";

type Place = { params: Promise<{ connector: string; endpoint: string }> };

/** The same ingress the lean door answers, for deployments that run Next alone. */
async function handle(request: Request, { params }: Place): Promise<Response> {
  return answerWebCall(getDeps(), request, await params);
}

export { handle as GET, handle as HEAD, handle as POST, handle as PUT };
