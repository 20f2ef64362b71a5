import { isNamed } from "#server/domains/environments/find-own-origin";
import { answerProof } from "#server/domains/environments/prove-own-origin";
import type { Deps } from "#server/lib/context";

/** `GET /api/own-origin/<token>`: whose name it is, as text, for whoever was led here by it; 404 for a token that was never given. */
export async function ownOriginResponse(deps: Pick<Deps, "db">, token: string): Promise<Response> {
  const key = await answerProof(deps, { token });
  return new Response(key ?? "", {
    status: key === null ? 404 : 200,
    headers: { "content-type": "text/plain", "cache-control": "no-store" },
  });
}

/** `GET /api/own-origin?domain=<name>`: 200 when a vendor has saved the name, proven or still to be; 404 for every other. Names are public. */
export async function isNamedResponse(deps: Pick<Deps, "db">, domain: string): Promise<Response> {
  const named = domain.length < 300 && (await isNamed(deps, { origin: `https://${domain.toLowerCase()}` }));
  return new Response(null, { status: named ? 200 : 404, headers: { "cache-control": "no-store" } });
}
