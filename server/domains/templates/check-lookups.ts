import { and, eq, inArray } from "drizzle-orm";
import { integrations } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { didYouMean } from "#server/lib/did-you-mean";
import type { IntegrationId } from "#server/lib/ids";
import { pathParts } from "#server/mapping/paths";
import { type ConnectorRef, findManifests } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { issuesOf } from "#server/runtime/writes/check-data";
import type { Action } from "#server/runtime/writes/schema";
import { LOOKUPS } from "../streams/looked-up";
import { refuse } from "./internal";
import type { Lookup, TemplateStream } from "./schema";

type Stream = Pick<TemplateStream, "object" | "direction" | "lookups">;
/** The manifest of an integration that is asked; null = there is no such integration. */
export type Asked = (integration: string) => Manifest | null;

/** The connectors of other integrations that lookups ask. One statement, and none when there are no such lookups. */
export async function askedBy(ctx: Ctx, streams: readonly Pick<TemplateStream, "lookups">[]): Promise<Asked> {
  const ids = streams.flatMap(({ lookups = [] }) => lookups.flatMap(({ integration }) => integration ?? []));
  if (ids.length === 0) return () => null;
  const rows = await withScope(ctx, (tx) =>
    tx
      .select({ id: integrations.id, connectorKey: integrations.connectorKey, connectorVersion: integrations.connectorVersion })
      .from(integrations)
      .where(and(eq(integrations.environmentId, ctx.scope.environmentId), inArray(integrations.id, ids as IntegrationId[]))),
  );
  const manifestOf = await findManifests(ctx, rows);
  const known = new Map<string, ConnectorRef>(rows.map((row) => [row.id, row]));
  return (integration) => {
    const ref = known.get(integration);
    return ref ? manifestOf(ref) : null;
  };
}

const meant = (word: string, known: readonly string[], none: string): string => {
  const near = didYouMean(word, known);
  if (near !== null) return `Did you mean “${near}”?`;
  return known.length > 0 ? `There are ${known.slice(0, 12).join(", ")}.` : none;
};

function whyNoPath(path: string): string | null {
  try {
    pathParts(path);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function actionFor(manifest: Manifest, { action: key }: Lookup, at: string): Action {
  const lookups = Object.keys(manifest.actions).filter((one) => manifest.actions[one]?.kind === "lookup");
  const action = Object.hasOwn(manifest.actions, key) ? manifest.actions[key] : undefined;
  if (!action)
    throw refuse(`${at}action`, `${manifest.name} has no lookup “${key}”. ${meant(key, lookups, "It has none that could be asked.")}`);
  if (action.kind !== "lookup")
    throw refuse(
      `${at}action`,
      `“${action.title}” does something at ${manifest.name}, and a record may be read more than once. Only lookups can stand here.`,
    );
  return action;
}

function checkInput(manifest: Manifest, action: Action, lookup: Lookup, earlier: readonly string[], at: string): void {
  const names = action.input.map(({ key }) => key);
  for (const [name, given] of Object.entries(lookup.input)) {
    if (!names.includes(name))
      throw refuse(`${at}input.${name}`, `“${action.title}” takes no “${name}”. ${meant(name, names, "It takes nothing.")}`);
    if (!("from" in given)) continue;
    const fault = whyNoPath(given.from);
    if (fault) throw refuse(`${at}input.${name}`, fault);
    const [root, key] = pathParts(given.from);
    if (root === LOOKUPS && !(typeof key === "string" && earlier.includes(key)))
      throw refuse(
        `${at}input.${name}`,
        `Only lookups that stand above this one have been answered: ${earlier.join(", ") || "there is none"}.`,
      );
  }
  const missing = action.input.find(({ key, required }) => required && !Object.hasOwn(lookup.input, key));
  if (missing)
    throw refuse(
      `${at}input.${missing.key}`,
      `“${action.title}” of ${manifest.name} needs “${missing.key}” (${missing.title}). Say where it comes from.`,
    );
  const constants = Object.fromEntries(
    Object.entries(lookup.input).flatMap(([name, one]) => ("constant" in one ? [[name, one.constant]] : [])),
  );
  const fields = action.input.map((field) => ({ ...field, path: field.key, required: false }));
  const [issue] = issuesOf(fields, constants, { creating: true });
  if (issue) throw refuse(`${at}input.${issue.path}`, `${issue.path} ${issue.message}.`);
}

/** Proves that a stream's lookups can be asked. Throws `invalid`, in words for who designs templates, at the setting that cannot be so. */
export function checkLookups(manifest: Manifest, stream: Stream, asked: Asked, at = ""): void {
  const { lookups = [], direction = "pull", object } = stream;
  if (lookups.length === 0) return;
  if (direction !== "pull")
    throw refuse(`${at}lookups`, "Only streams that read, and nothing else, look records up. Leave the lookups out, or choose to read.");
  const own = manifest.objects[object]?.fields.some(({ path }) => path === LOOKUPS || path.startsWith(`${LOOKUPS}.`));
  if (own)
    throw refuse(`${at}lookups`, `Records of ${manifest.name} have a field “${LOOKUPS}” of their own, where the answers would stand.`);
  lookups.forEach((lookup, index) => {
    const here = `${at}lookups.${index}.`;
    const earlier = lookups.slice(0, index).map(({ key }) => key);
    if (earlier.includes(lookup.key)) throw refuse(`${here}key`, `“${lookup.key}” is the key of another lookup.`);
    const whose = lookup.integration === undefined ? manifest : asked(lookup.integration);
    if (!whose) throw refuse(`${here}integration`, `There is no integration ${lookup.integration ?? ""} here.`);
    checkInput(whose, actionFor(whose, lookup, here), lookup, earlier, here);
  });
}
