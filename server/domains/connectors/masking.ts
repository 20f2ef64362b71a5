import type { Egress, EgressResponse } from "#server/runtime/egress";
import type { TrialExchange } from "./trial";

/** Of an answer's body, in characters. */
const BODY_LIMIT = 65_536;
const MASK = "••••";
const PROOF_HEADERS = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "api-key",
  "x-auth-token",
  "x-amz-access-token",
  "x-amz-security-token",
]);

/** Every way a secret may be written: as it is, encoded for an address, in JSON, in base64. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), bytes.toString("base64"), bytes.toString("base64url")];
}

/**
 * Takes secrets out of texts, wherever they stand. Shorter ones than four characters stay: they prove nothing, and half of
 * the text would go with them.
 */
export function maskOf(secrets: Iterable<string>): (text: string) => string {
  const known = [...new Set([...secrets].filter((secret) => secret.length >= 4).flatMap(spellings))].sort((a, b) => b.length - a.length);
  return (text) => known.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

/** Values that go by the name of a secret, in JSON and in forms. Marks of pages are called tokens too, and are what one looks for. */
const NAMED =
  /("(?![^"]*(?:page|next|cursor|continuation|sync))[^"]*(?:token|secret|password|passwd|assertion|api_?key)"\s*:\s*")[^"]*(")/gi;
const NAMED_IN_FORM = /((?:^|&)[^=&]*(?:secret|password|passwd|assertion|refresh_token|access_token)=)[^&\s]*/gi;
const unnamed = (text: string): string => text.replace(NAMED, `$1${MASK}$2`).replace(NAMED_IN_FORM, `$1${MASK}`);

const cut = (text: string): string => (text.length > BODY_LIMIT ? `${text.slice(0, BODY_LIMIT)}\n… cut here` : text);

type Recorded = { request: Parameters<Egress>[0]; answer: EgressResponse | null; ms: number };

/** An egress that keeps what goes through it, and a way to look at it with secrets masked: those known when one looks. */
export function recordingEgress(egress: Egress): { egress: Egress; exchanges(secrets: Iterable<string>): TrialExchange[] } {
  const recorded: Recorded[] = [];
  return {
    egress: async (request) => {
      const one: Recorded = { request, answer: null, ms: 0 };
      recorded.push(one);
      const began = performance.now();
      try {
        one.answer = await egress(request);
        return one.answer;
      } finally {
        one.ms = Math.round(performance.now() - began);
      }
    },
    exchanges(secrets) {
      const mask = maskOf(secrets);
      const headers = (given: Record<string, string> | undefined): Record<string, string> =>
        Object.fromEntries(
          Object.entries(given ?? {}).map(([name, value]) => [name, PROOF_HEADERS.has(name.toLowerCase()) ? MASK : mask(value)]),
        );
      return recorded.map(({ request, answer, ms }) => ({
        method: request.method,
        url: mask(request.url),
        requestHeaders: headers(request.headers),
        requestBody: request.body === undefined ? null : cut(unnamed(mask(String(request.body)))),
        status: answer?.status ?? null,
        answerHeaders: headers(answer?.headers),
        answerBody: answer ? cut(unnamed(mask(answer.body.subarray(0, BODY_LIMIT * 4).toString("utf8")))) : "",
        answerBytes: answer?.body.length ?? 0,
        ms,
      }));
    },
  };
}
