import type { Manifest } from "#server/runtime/manifest";

type ObjectSpec = Manifest["objects"][string];
type Method = Manifest["auth"][string];
/** A way in which third parties differ, with the tests that prove it: `[file, title]`. */
export type ProvenStyle = { style: string; seen: string; says: string; proofs: readonly (readonly [file: string, title: string])[] };

const KINDS: Record<Method["type"], string> = {
  oauth2_code: "OAuth 2",
  oauth2_client: "OAuth 2, client credentials",
  jwt: "signed assertion",
  login: "login",
  api_key: "key",
  oauth1: "OAuth 1.0a",
  none: "none",
};

const cell = (text: string): string => text.replace(/\|/g, "\\|").replace(/\s+/g, " ");
const row = (...cells: string[]): string => `| ${cells.map(cell).join(" | ")} |`;
const listed = (words: readonly string[]): string => (words.length === 0 ? "–" : [...new Set(words)].join(", "));

const TIMES: [ms: number, word: string][] = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1_000, "second"],
];

/** `10 minutes`, in the largest unit that divides it. */
function timeText(ms: number): string {
  const [unit = 1, word = "ms"] = TIMES.find(([size]) => ms % size === 0) ?? [];
  const n = ms / unit;
  return word === "ms" ? `${n} ms` : `${n} ${word}${n === 1 ? "" : "s"}`;
}

function renewalText(method: Method): string[] {
  if (method.type !== "oauth2_code") return [];
  if (method.renew.type === "never") return ["never ends"];
  return [
    ...(method.renew.type === "exchange" ? ["exchanged for the next"] : [method.rotating ? "rotating refresh token" : "refresh token"]),
    ...(method.keepAliveDays === undefined ? [] : [`kept alive within ${method.keepAliveDays} days`]),
  ];
}

function placeText(method: Method): string[] {
  if (!("basic" in method)) return [];
  const places = [
    ...(method.basic ? ["Basic"] : []),
    ...(Object.keys(method.headers).length > 0 && method.type !== "oauth2_code" ? [`header ${listed(Object.keys(method.headers))}`] : []),
    ...(Object.keys(method.query).length > 0 ? ["parameter"] : []),
    ...(Object.keys(method.cookies).length > 0 ? ["cookie"] : []),
    ...(method.sign ? [`signed (${method.sign.type})`] : []),
  ];
  return places;
}

const authText = (manifest: Manifest): string =>
  Object.values(manifest.auth)
    .map((method) => `${method.title} (${[KINDS[method.type], ...renewalText(method), ...placeText(method)].join(", ")})`)
    .join("; ");

function changesText({ changes, variants }: ObjectSpec): string {
  if (!changes) return variants.some((one) => one.changes) ? "as the customer says" : "read whole";
  const where =
    changes.since?.in === "header"
      ? "header"
      : changes.record || changes.get
        ? "events"
        : changes.since
          ? `\`${changes.since.name}\``
          : "query";
  return [
    `${where}, ${changes.format}`,
    ...(changes.lookbackMs > 0 ? [`${timeText(changes.lookbackMs)} back`] : []),
    ...(changes.window ? [`windows of ${timeText(changes.window.maxMs)}`] : []),
    ...(changes.windowCap ? [`${changes.windowCap} rows a query`] : []),
  ].join("; ");
}

function pagesText(manifest: Manifest, spec: ObjectSpec): string {
  if (spec.job) return "file on demand";
  const several = spec.variants.flatMap((one) => (one.pagination ? [one.pagination.type] : []));
  if (several.length > 0) return `as the customer says: ${listed(several)}`;
  const { type, limit } = spec.pagination ?? manifest.pagination;
  return [type, ...(limit ? [`${limit.value} rows`] : []), ...(spec.each ? [`for each ${spec.each}`] : [])].join(", ");
}

function readText({ one, ...spec }: ObjectSpec): string {
  const words = [...("list" in spec && spec.list ? ["list"] : []), ...(one ? ["one"] : [])];
  return words.length === 0 ? "by calls" : words.join(", ");
}

function writesText({ writes }: ObjectSpec): string {
  const operations = (["create", "update", "upsert", "delete"] as const).filter((name) => writes?.[name]);
  return listed(operations.map((name) => (writes?.[name]?.batch ? `${name} (batch)` : name)));
}

function limitsText({ rateLimit }: Manifest["http"]): string {
  const { buckets, concurrency, remaining, budget } = rateLimit;
  const known = buckets.map(
    (one) => `${one.requests} in ${timeText(one.perMs)} an ${one.scope}${one.paths || one.methods ? ` (${one.name})` : ""}`,
  );
  return listed([
    ...known,
    ...(concurrency.account ? [`${concurrency.account} at once an account`] : []),
    ...(concurrency.app ? [`${concurrency.app} at once an app`] : []),
    ...remaining.map((one) => `\`${one.header ?? one.path}\``),
    ...(budget ? ["budget in the answer"] : []),
  ]);
}

function webhooksText({ webhooks }: Manifest): string {
  if (!webhooks) return "none";
  const { verify, scope, subscription, events } = webhooks;
  const topics = Object.keys(events?.objects ?? {}).length;
  return [
    verify.type,
    `one address for ${scope === "app" ? "all accounts" : "each account"}`,
    subscription ? "made by us" : "made by hand",
    ...(topics > 0 ? [`${topics} topic${topics === 1 ? "" : "s"}`] : []),
  ].join(", ");
}

function section(manifest: Manifest): string[] {
  const { name, key, docs, objects, actions } = manifest;
  const rows = Object.entries(objects).map(([object, spec]) =>
    row(`\`${object}\``, readText(spec), changesText(spec), pagesText(manifest, spec), spec.deletes?.by ?? "not learned", writesText(spec)),
  );
  const table = ["| object | read | changes | pages | deletions | written |", "| --- | --- | --- | --- | --- | --- |", ...rows, ""];
  const done = Object.entries(actions).map(([action, { kind }]) => `\`${action}\`${kind === "lookup" ? " (lookup)" : ""}`);
  return [
    `### ${name}`,
    "",
    `\`${key}\` · [README](../../server/connectors/${key}/README.md)`,
    "",
    `- Sign in: ${authText(manifest)}.`,
    `- Webhooks: ${webhooksText(manifest)}.`,
    `- Limits kept: ${limitsText(manifest.http)}.`,
    ...(done.length > 0 ? [`- Actions: ${done.join(", ")}.`] : []),
    `- Read: ${docs.map(({ title, url, readAt }) => `[${title}](${url}) (${readAt})`).join(", ")}.`,
    "",
    ...(rows.length > 0 ? table : []),
  ];
}

const proofText = ([file, title]: readonly [string, string]): string => `[${title}](../../${file})`;

function styleTable(area: string, styles: readonly ProvenStyle[]): string[] {
  const rows = styles.map(({ style, seen, says, proofs }) => row(style, seen, `\`${says}\``, proofs.map(proofText).join("; ")));
  return [`### ${area}`, "", "| style | seen at | said by | proven by |", "| --- | --- | --- | --- |", ...rows, ""];
}

/** What is checked against published descriptions, with its exceptions; `words` by connector. */
function contractSection(words: Readonly<Record<string, readonly string[]>>): string[] {
  const lists = Object.entries(words).flatMap(([key, said]) => [
    `- \`${key}\`${said.length === 0 ? ": everything." : ""}`,
    ...said.map((one) => `  - ${one}`),
  ]);
  return [
    "## What is checked against published descriptions",
    "",
    "Each request that a connector's proofs send, and each field it reads, is looked up in the description that its publisher gives out",
    "(`tests/contract`). Exceptions are named here; one that is no longer needed fails the test.",
    "",
    ...lists,
    "",
  ];
}

/** `docs/reference/connectors.md`: what each connector we ship does, and each style of third parties with its proof. */
export function connectorsReference(
  manifests: readonly Manifest[],
  styles: Readonly<Record<string, readonly ProvenStyle[]>>,
  contracts: Readonly<Record<string, readonly string[]>>,
): string {
  const sorted = [...manifests].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    "# Connectors",
    "",
    "Written from the manifests and the tests: `npm run docs`. What each field means: [the manifest](manifest.md).",
    "",
    `## The ${sorted.length} that are shipped`,
    "",
    "`scan`: a whole reading shows what is gone; `mark`: the record says so; `feed`: a list names them. A moment is asked for with what is",
    "given behind it: how far back of the last pass, because changes may become visible late.",
    "",
    ...sorted.flatMap(section),
    ...contractSection(contracts),
    "## Styles, and the tests that prove them",
    "",
    "A manifest can say each of these. A style whose test did not pass fails the run of that test's file; a kind of auth, pagination, moment,",
    "protocol, limit or webhook that no style names fails `server/runtime/styles.test.ts`. Not among them, because they are no HTTP: queues (SQS, EventBridge)",
    "and gRPC.",
    "",
    ...Object.entries(styles).flatMap(([area, all]) => styleTable(area, all)),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}
