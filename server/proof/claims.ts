import type { Manifest } from "#server/runtime/manifest";

/**
 * What a manifest declares → the proof that shows it, `{object}`, `{auth}`, … standing for the names. What is not here, nobody has
 * shown: a manifest that declares it fails its conformance test until there is a proof.
 */
const OBJECT_CLAIMS: Readonly<Record<string, string>> = {
  list: "{object}.list",
  job: "{object}.job",
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
  id: "{object}.list",
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
};
/** Parts that are values of what is proven above them, and words for people. */
const NO_CLAIM =
  /^(?:title|fields|sample|changes\.(?:request|pagination|onward|select|records|since|until|format|zone|inclusive|lookbackMs|order)|writes\.(?:open|fields)|writes\.\w+\.(?:request|id|record|also|refused|key|created))$/;

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
    const deeper = /^(?:changes|writes|writes\.(?:create|update|upsert|delete))$/.test(path);
    return [path, ...(deeper && typeof inner === "object" && inner !== null ? declared(inner, path) : [])];
  });
}

export type Claimed = { declared: string; proof: string | null };

/** All that a manifest declares, and the claim each stands for; null where no proof is known. */
export function claimsOf(manifest: Manifest): Claimed[] {
  const objects = Object.entries(manifest.objects).flatMap(([object, spec]) =>
    declared(spec)
      .filter((path) => !NO_CLAIM.test(path))
      .map((path) => ({ declared: `objects.${object}.${path}`, proof: OBJECT_CLAIMS[path]?.replace("{object}", object) ?? null }))
      // Where nobody can be asked, records come by calls: the claim is the webhooks'.
      .filter((one) => (spec.list ?? spec.job) !== undefined || one.proof?.endsWith(".list") !== true),
  );
  const asked = manifest.check !== undefined || Object.values(manifest.objects).some((spec) => spec.list);
  const { http, webhooks } = manifest;
  const rest: [string, unknown, string][] = [
    ...Object.keys(manifest.auth).map((key): [string, unknown, string] => [`auth.${key}`, asked, `auth.${key}`]),
    ...Object.entries(manifest.auth).map(([key, method]): [string, unknown, string] => [
      `auth.${key}.revoke`,
      "revoke" in method && method.revoke,
      `auth.${key}.revoke`,
    ]),
    ...http.errors.map((_, n): [string, unknown, string] => [`http.errors.${n}`, asked, `errors.${n}`]),
    ["http.success", http.success, "success"],
    ["http.rateLimit.budget", http.rateLimit.budget, "limits.budget"],
    ...http.rateLimit.readers.map((_, n): [string, unknown, string] => [`http.rateLimit.readers.${n}`, asked, `limits.readers.${n}`]),
    ...http.rateLimit.remaining.map((_, n): [string, unknown, string] => [`http.rateLimit.remaining.${n}`, asked, `limits.remaining.${n}`]),
    ...Object.entries(manifest.actions).map(([key, one]): [string, unknown, string] => [`actions.${key}`, one, `actions.${key}`]),
    ["webhooks", webhooks, "webhooks.verify"],
    ["webhooks.subscription", webhooks?.subscription, "webhooks.subscription"],
    ...(webhooks?.handshakes ?? []).map((one, n): [string, unknown, string] => [
      `webhooks.handshakes.${n}`,
      one,
      `webhooks.handshake.${n}`,
    ]),
    ...Object.keys(webhooks?.events.objects ?? {}).map((topic): [string, unknown, string] => [
      `webhooks.events.${topic}`,
      true,
      `webhooks.events.${topic}`,
    ]),
  ];
  return [
    ...objects,
    ...rest.filter(([, said]) => said !== undefined && said !== false).map(([declared_, , proof]) => ({ declared: declared_, proof })),
  ];
}
