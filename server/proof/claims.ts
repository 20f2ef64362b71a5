import type { Manifest } from "#server/runtime/manifest";

/**
 * What a manifest declares → the proof that shows it, `{object}`, `{auth}`, … standing for the names. What is not here, nobody has
 * shown: a manifest that declares it fails its conformance test until there is a proof.
 */
const OBJECT_CLAIMS: Readonly<Record<string, string>> = {
  list: "{object}.list",
  job: "{object}.job",
  file: "{object}.file",
  keyedBy: "{object}.list",
  pagination: "{object}.list",
  onward: "{object}.list",
  select: "{object}.list",
  leavesOutEmpty: "{object}.list",
  table: "{object}.list",
  each: "{object}.list",
  parent: "{object}.list",
  get: "{object}.list",
  updatedAt: "{object}.list",
  createdAt: "{object}.list",
  protocol: "{object}.list",
  records: "{object}.list",
  nested: "{object}.list",
  none: "{object}.none",
  "changes.none": "{object}.none",
  id: "{object}.list",
  unique: "{object}.list",
  total: "{object}.count",
  count: "{object}.count",
  variants: "{object}.list",
  changes: "{object}.changes",
  "changes.rereadMs": "{object}.reread",
  "changes.reachMs": "{object}.reach",
  "changes.windowCap": "{object}.cap",
  "changes.window": "{object}.changes",
  "changes.token": "{object}.token",
  "changes.record": "{object}.changes",
  "changes.get": "{object}.changes",
  "get.batch": "{object}.batch",
  "get.gone": "{object}.gone",
  "parent.skip": "{object}.skip",
  "pagination.stop.expired": "{object}.expired",
  "pagination.stop.statuses": "{object}.ends",
  one: "{object}.one",
  deletes: "{object}.deletes",
  describe: "{object}.describe",
  writes: "{object}.refused",
  "writes.create": "{object}.create",
  "writes.create.once": "{object}.create.lost",
  "writes.create.batch": "{object}.create.batch",
  "writes.update": "{object}.update",
  "writes.update.guard": "{object}.update.guard",
  "writes.update.batch": "{object}.update.batch",
  "writes.upsert": "{object}.upsert",
  "writes.upsert.batch": "{object}.upsert.batch",
  "writes.delete": "{object}.delete",
  "writes.delete.guard": "{object}.delete",
  "writes.delete.batch": "{object}.delete.batch",
  "writes.upsert.created": "{object}.upsert",
  ...Object.fromEntries(
    ["create", "update", "upsert", "delete"].flatMap((operation) =>
      ["also", "refused"].map((part) => [`writes.${operation}.${part}`, `{object}.${operation}.${part}`]),
    ),
  ),
};
/** How pages follow each other, and how each record is come by: no listing is read whole without. */
const LISTED = /^(?:pagination|get|parent)\./;
/** Parts that are values of what is proven above them, and words for people. */
const NO_CLAIM =
  /^(?:title|fields|sample|changes\.(?:request|pagination|onward|select|records|nested|since|until|format|zone|inclusive|lookbackMs|order)|writes\.(?:open|fields)|writes\.\w+\.(?:request|id|record|key))$/;

const isSaid = (value: unknown): boolean =>
  value !== undefined &&
  value !== false &&
  !(Array.isArray(value) && value.length === 0) &&
  !(typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0);

/** Names of what an object declares, to the depth at which something is claimed. */
function declared(value: object, above = ""): string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    if (!isSaid(inner)) return [];
    const path = above === "" ? name : `${above}.${name}`;
    const deeper = /^(?:changes|get|parent|pagination|pagination\.stop|writes|writes\.(?:create|update|upsert|delete))$/.test(path);
    return [path, ...(deeper && typeof inner === "object" && inner !== null ? declared(inner, path) : [])];
  });
}

export type Claimed = { declared: string; proof: string | null };

const proofOf = (path: string): string | undefined => OBJECT_CLAIMS[path] ?? (LISTED.test(path) ? "{object}.list" : undefined);

type Part = [declared: string, said: unknown, proof: string];

/** What of one way of signing in is claimed beside itself. */
function authParts(key: string, method: Manifest["auth"][string], asked: boolean): Part[] {
  const parts: Part[] = [["", asked, ""]];
  if ("revoke" in method) parts.push(["revoke", method.revoke, "revoke"]);
  if ("token" in method) parts.push(["token.config", method.token.config, "token.config"]);
  if (method.type === "oauth1") parts.push(["config", method.config, "config"]);
  if (method.type === "oauth2_code") {
    parts.push(["exchange", asked && method.exchange, "exchange"], ["afterConnect", method.afterConnect, "afterConnect"]);
    parts.push(
      ["keepAliveDays", asked && method.keepAliveDays, "keepAliveDays"],
      ["renew", asked && method.renew.type !== "never", "renew"],
    );
    for (const name of ["hmac", "config"] as const) parts.push([`callback.${name}`, method.callback[name], `callback.${name}`]);
  }
  return parts.map(
    ([name, said, proof]) =>
      [`auth.${key}.${name}`, said, `auth.${key}.${proof}`].map((one) => (typeof one === "string" ? one.replace(/\.$/, "") : one)) as Part,
  );
}

/** What objects take over from the manifest as a whole. */
const inherited = ({ pagination, objects }: Manifest): Part[] =>
  Object.entries(objects).flatMap(([key, spec]): Part[] =>
    spec.pagination || !spec.list || spec.job || spec.file
      ? []
      : [
          [`pagination.stop.expired (${key})`, pagination.stop.expired, `${key}.expired`],
          [`pagination.stop.statuses (${key})`, pagination.stop.statuses, `${key}.ends`],
        ],
  );

/** All that a manifest declares, and the claim each stands for; null where no proof is known. */
export function claimsOf(manifest: Manifest): Claimed[] {
  const objects = Object.entries(manifest.objects).flatMap(([object, spec]) =>
    declared(spec)
      .filter((path) => !NO_CLAIM.test(path))
      .map((path) => ({ declared: `objects.${object}.${path}`, proof: proofOf(path)?.replace("{object}", object) ?? null }))
      // Where nobody can be asked, records come by calls: the claim is the webhooks'.
      .filter((one) => (spec.list ?? spec.job ?? spec.file) !== undefined || one.proof?.endsWith(".list") !== true),
  );
  const asked = manifest.check !== undefined || Object.values(manifest.objects).some((spec) => spec.list);
  const { http, webhooks } = manifest;
  const rest: Part[] = [
    ...Object.entries(manifest.auth).flatMap(([key, method]) => authParts(key, method, asked)),
    ...inherited(manifest),
    ...http.rateLimit.buckets.map((_, n): Part => [`http.rateLimit.buckets.${n}`, asked, `limits.buckets.${n}`]),
    ["http.rateLimit.concurrency", asked && http.rateLimit.concurrency, "limits.concurrency"],
    ...http.errors.map((_, n): Part => [`http.errors.${n}`, asked, `errors.${n}`]),
    ["http.success", http.success, "success"],
    ["http.rateLimit.budget", http.rateLimit.budget, "limits.budget"],
    ...http.rateLimit.readers.map((_, n): Part => [`http.rateLimit.readers.${n}`, asked, `limits.readers.${n}`]),
    ...http.rateLimit.remaining.map((_, n): Part => [`http.rateLimit.remaining.${n}`, asked, `limits.remaining.${n}`]),
    ...Object.entries(manifest.actions).map(([key, one]): Part => [`actions.${key}`, one, `actions.${key}`]),
    ["webhooks", webhooks, "webhooks.verify"],
    ["webhooks.dedupe", webhooks?.dedupe, "webhooks.again"],
    ["webhooks.accepted", webhooks?.accepted, "webhooks.accepted"],
    ["webhooks.events.list", webhooks?.events.list, "webhooks.several"],
    ["webhooks.events.gone", webhooks?.events.gone, "webhooks.gone"],
    ["webhooks.subscription", webhooks?.subscription, "webhooks.subscription"],
    ...(webhooks?.handshakes ?? []).map((one, n): Part => [`webhooks.handshakes.${n}`, one, `webhooks.handshake.${n}`]),
    ...Object.keys(webhooks?.events.objects ?? {}).map((topic): Part => [`webhooks.events.${topic}`, true, `webhooks.events.${topic}`]),
  ];
  return [...objects, ...rest.filter(([, said]) => isSaid(said)).map(([declared_, , proof]) => ({ declared: declared_, proof }))];
}
