import type { Manifest } from "#server/runtime/manifest";
import { put } from "#server/runtime/paths";
import type { EventSpot, Webhooks } from "#server/runtime/webhooks/scheme";

/** One event as the third party would tell it, about the first object that its calls are about; headers it puts beside. */
function sampleCall({ objects }: Manifest, { events }: Webhooks): { body: string; headers: string[] } {
  const [pattern = "changed", object = ""] = Object.entries(events.objects)[0] ?? [];
  const spec = Object.hasOwn(objects, object) ? objects[object] : undefined;
  const event: Record<string, unknown> = {};
  const whole: Record<string, unknown> = {};
  const headers: string[] = [];
  const set = (spot: EventSpot | undefined, value: string) => {
    if (!spot || spot.in === "query") return;
    if (spot.in === "header") headers.push(`${spot.name}: ${value}`);
    else put(spot.in === "body" && events.list !== undefined ? whole : event, spot.name, value);
  };
  if (events.record !== undefined && events.record !== "$") put(event, events.record, structuredClone(spec?.sample ?? {}));
  set(events.topic, pattern.replace(/\*$/, "saved"));
  set(events.account, "ACCOUNT");
  set(Object.hasOwn(events.ids, object) ? events.ids[object] : events.id, "1001");
  if (events.list === "$") return { body: JSON.stringify([event]), headers };
  if (events.list !== undefined) put(whole, events.list, [event]);
  return { body: JSON.stringify(events.list === undefined ? event : whole), headers };
}

const HASHES = { sha1: true, sha256: true, sha512: true };

type Hmac = Extract<Webhooks["verify"], { type: "hmac" }>;

/** Whether a shell with openssl can sign so: one plain header, a hash it knows, and nothing but body and time in what is signed. */
function isPlain({ secretEncoding, secretPrefix, signed, hash, signature, timestamp }: Hmac): boolean {
  const plain = (value: { in: string; inside?: unknown; list?: unknown }) => value.in === "header" && !value.inside && !value.list;
  if (secretEncoding !== "utf8" || secretPrefix || !Object.hasOwn(HASHES, hash) || !/^(\{(body|ts)\}|[.:\n])+$/.test(signed)) return false;
  return plain(signature) && signature.encoding !== "base64url" && (!timestamp || (plain(timestamp) && timestamp.unit !== "iso"));
}

/** The lines that sign `$BODY`, and the headers that go with them; null when a shell does not simply do it. */
function signing({ verify }: Webhooks): { lines: string[]; headers: string[] } | null {
  if (verify.type === "unsigned") return { lines: [], headers: [] };
  if (verify.type === "shared" && verify.value.in === "header" && !verify.value.inside && !verify.value.list)
    return { lines: [], headers: [`${verify.value.name}: ${verify.value.prefix ?? ""}$SECRET`] };
  return verify.type === "hmac" && isPlain(verify) ? hmacLines(verify) : null;
}

function hmacLines({ hash, signed, signature, timestamp }: Hmac): { lines: string[]; headers: string[] } {
  const hmac = `openssl dgst -${hash} -hmac "$SECRET"`;
  const digest = signature.encoding === "hex" ? `${hmac} | sed 's/.* //'` : `${hmac} -binary | base64`;
  const args = [...signed.matchAll(/\{(body|ts)\}/g)].map(([, name]) => (name === "ts" ? '"$TS"' : '"$BODY"'));
  const headers = [`${signature.name}: ${signature.prefix ?? ""}$SIGNATURE`];
  const lines = [`SIGNATURE=$(printf '${signed.replace(/\{(body|ts)\}/g, "%s")}' ${args.join(" ")} | ${digest})`];
  if (!timestamp) return { lines, headers };
  return {
    lines: [`TS=$(date +%s)${timestamp.unit === "ms" ? "000" : ""}`, ...lines],
    headers: [`${timestamp.name}: ${timestamp.prefix ?? ""}$TS`, ...headers],
  };
}

/**
 * A call as the third party would make it, as lines for a shell: `ADDRESS` and `SECRET` have to be set before, and `ACCOUNT` be
 * replaced. Null where a shell cannot simply sign as the scheme wants.
 */
export function testCall(manifest: Manifest, webhooks: Webhooks): string | null {
  const how = signing(webhooks);
  if (!how) return null;
  const { body, headers } = sampleCall(manifest, webhooks);
  const given = ["Content-Type: application/json", ...headers, ...how.headers].map((header) => `  -H "${header}" \\`);
  return [`BODY='${body.replaceAll("'", "'\\''")}'`, ...how.lines, 'curl -X POST "$ADDRESS" \\', ...given, '  --data-binary "$BODY"'].join(
    "\n",
  );
}
