import { and, desc, eq, inArray } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connectionSchemas, mappings, models, streamOverrides, streams, type templates } from "#server/db/schema";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, InstallationId } from "#server/lib/ids";
import { type Conflict, leftOpen, mergeOverrides, type Overrides, stillToChoose } from "#server/mapping/overrides";
import { keyOf } from "#server/mapping/same-value";
import type { Manifest } from "#server/runtime/manifest";
import { sayIn } from "#server/words/messages";
import { sayTo } from "#server/words/reader";
import { checkOverrides, refusal } from "../overrides/internal";
import { emptyRefusal, type Ground, groundOf, type Issue, patched } from "../overrides/patch";
import type { Adaptations, StreamChoices, StreamSwitches } from "../overrides/schema";
import { writingOf } from "../overrides/written-back";
import type { StreamChosen } from "../templates/offers";
import type { TemplateStream } from "../templates/schema";

import { flowsUnasked, ownChoices, refusedChoices } from "./check-chosen";

type Place = {
  connectionId: ConnectionId;
  installationId: InstallationId;
  template: typeof templates.$inferSelect;
  /** Null where the connector is only announced. */
  manifest: Manifest | null;
};
type Existing = Pick<typeof streams.$inferSelect, "id" | "key" | "status" | "templateVersion" | "mappingVersion" | "chosen">;
type Standing = { n: number; overrides: Overrides; conflicts: Conflict[] };
type Known = { ground: Ground; version: number };
type Wishes = Adaptations[string];

/** One stream to turn on. `next` = the revision of the customer's own to write; null = it stays as it is. */
export type StreamPlan = {
  stream: TemplateStream;
  templateVersion: number;
  mappingVersion: number;
  /** The stored records, or what the source was asked for, may not be what the mapping now needs. */
  reread: boolean;
  next: Standing | null;
  /** What the customer has chosen of what the stream offers. */
  chosen: StreamChosen;
};

/** What the customer turns on, and which running streams off. */
export type Plan = { on: StreamPlan[]; off: Existing[] };

/** The newest published mapping of each stream with its model, and what is known of the account's fields. */
async function loadGrounds(ctx: CustomerCtx, tx: Tx, { template, connectionId, manifest }: Place): Promise<Map<string, Known>> {
  const { environmentId } = ctx.scope;
  const published = await tx
    .selectDistinctOn([mappings.streamKey], {
      key: mappings.streamKey,
      version: mappings.version,
      fields: mappings.fields,
      choices: mappings.choices,
    })
    .from(mappings)
    .where(and(eq(mappings.environmentId, environmentId), eq(mappings.templateId, template.id), eq(mappings.status, "published")))
    .orderBy(mappings.streamKey, desc(mappings.version));
  const keys = template.streams.map((stream) => stream.model);
  const stored = await tx
    .select({ key: models.key, fields: models.fields })
    .from(models)
    .where(and(eq(models.environmentId, environmentId), inArray(models.key, keys)));
  const looked = await tx
    .select({ object: connectionSchemas.object, fields: connectionSchemas.fields })
    .from(connectionSchemas)
    .where(and(eq(connectionSchemas.environmentId, environmentId), eq(connectionSchemas.connectionId, connectionId)));
  const byModel = new Map(stored.map((model) => [model.key, model.fields]));
  const byObject = new Map(looked.map((one) => [one.object, one.fields]));
  return new Map(
    template.streams.map(({ key, model: modelKey, object, direction }) => {
      const [mapping, model] = [published.find((one) => one.key === key), byModel.get(modelKey)];
      if (!mapping) throw new AppError("config_invalid", `the template's stream "${key}" has no published mapping`);
      if (!model) throw new AppError("config_invalid", `the template's model "${modelKey}" does not exist`);
      const { version, fields, choices } = mapping;
      const known = { sources: byObject.get(object) ?? null, writing: writingOf(manifest, object, direction) };
      return [key, { version, ground: groundOf({ fields, choices, model, ...known, say: sayTo(ctx) }) }];
    }),
  );
}

/** The installation's streams, locked, each with the newest of the customer's own. */
async function loadExisting(ctx: CustomerCtx, tx: Tx, { installationId }: Place): Promise<Map<string, Existing & { standing: Standing }>> {
  const { environmentId } = ctx.scope;
  const rows = await tx
    .select({
      id: streams.id,
      key: streams.key,
      status: streams.status,
      templateVersion: streams.templateVersion,
      mappingVersion: streams.mappingVersion,
      chosen: streams.chosen,
    })
    .from(streams)
    .where(and(eq(streams.environmentId, environmentId), eq(streams.installationId, installationId)))
    .for("update");
  if (rows.length === 0) return new Map();
  const ids = rows.map((row) => row.id);
  const own = await tx
    .selectDistinctOn([streamOverrides.streamId])
    .from(streamOverrides)
    .where(and(eq(streamOverrides.environmentId, environmentId), inArray(streamOverrides.streamId, ids)))
    .orderBy(streamOverrides.streamId, desc(streamOverrides.n));
  const byStream = new Map(own.map(({ streamId, n, overrides, conflicts }) => [streamId, { n, overrides, conflicts }]));
  return new Map(rows.map((row) => [row.key, { ...row, standing: byStream.get(row.id) ?? { n: 0, overrides: {}, conflicts: [] } }]));
}

/** Fields that have to be chosen before the stream is turned on and are not. Once it was on, one that is filled is enough. */
function unchosen(ground: Ground, overrides: Overrides, wasOn: boolean): Issue[] {
  return (wasOn ? leftOpen : stillToChoose)(ground.fields, overrides, ground.choices).map((target) => ({
    target,
    message: emptyRefusal(ground, target) ?? (ground.say ?? sayIn("en"))("refused.choose"),
  }));
}

/** Asking for what is so already is taken, as a repeat; anything else has to be done where a change has its history. */
function checkRunning(stream: TemplateStream, overrides: Overrides, wishes: Wishes): void {
  const differs = Object.entries(wishes).some(([target, wish]) => {
    const field = Object.hasOwn(overrides, target) ? (overrides[target]?.field ?? null) : undefined;
    return field === undefined || keyOf(field && { ...field, required: false }) !== keyOf(wish && { ...wish, required: false });
  });
  if (differs) throw isOn(stream, "mapping");
}

const isOn = ({ label }: TemplateStream, what: "mapping" | "settings") =>
  new AppError("conflict", `“${label}” is on already. Change its ${what} there, so that the change is kept in its history.`);

/** What stands of the customer's choices, with what is chosen now. `invalid` names what is not offered. */
function chosenOf(stream: TemplateStream, before: StreamChosen, wanted: StreamChosen | undefined, ground: Ground): StreamChosen {
  if (!wanted) return before;
  const [first, ...rest] = refusedChoices(stream, wanted, before, ground.say ?? sayIn("en"));
  if (!first) return ownChoices(stream, wanted);
  const issues = [first, ...rest].map(({ path, message }) => ({ path: `choices.${stream.key}.${path}`, message }));
  throw new AppError("invalid", `${stream.label}: ${first.message}`, { details: { issues, said: true } });
}

type Wanted = { wishes: Wishes; choices: StreamChosen | undefined };

async function planOne(
  stream: TemplateStream,
  known: Known,
  existing: (Existing & { standing: Standing }) | undefined,
  { wishes, choices }: Wanted,
): Promise<StreamPlan> {
  const { ground, version } = known;
  const chosen = chosenOf(stream, existing?.chosen ?? {}, choices, ground);
  if (existing?.status === "active") {
    checkRunning(stream, existing.standing.overrides, wishes);
    if (choices && keyOf(chosen) !== keyOf(existing.chosen)) throw isOn(stream, "settings");
    const { templateVersion, mappingVersion } = existing;
    return { stream, templateVersion, mappingVersion, reread: false, next: null, chosen };
  }
  const before: Standing = existing?.standing ?? { n: 0, overrides: {}, conflicts: [] };
  const merged = mergeOverrides(ground.fields, before.overrides);
  const { overrides, refused } = patched(ground, merged.overrides, wishes);
  const faults = refused.length > 0 ? refused : unchosen(ground, overrides, existing !== undefined);
  if (faults.length > 0) throw refusal(ground, faults, `adaptations.${stream.key}.`);
  await checkOverrides(ground, overrides, `adaptations.${stream.key}.`);
  const conflicts = merged.conflicts.filter(({ target }) => !Object.hasOwn(wishes, target));
  const isChanged = keyOf({ overrides, conflicts }) !== keyOf({ overrides: before.overrides, conflicts: before.conflicts });
  const isMoved =
    existing !== undefined && (isChanged || existing.templateVersion !== version || keyOf(existing.chosen.only) !== keyOf(chosen.only));
  return {
    stream,
    templateVersion: version,
    mappingVersion: existing ? existing.mappingVersion + (isMoved ? 1 : 0) : version,
    reread: isMoved,
    next: isChanged ? { n: before.n + 1, overrides, conflicts } : null,
    chosen,
  };
}

const refused = (path: string, message: string) => new AppError("invalid", message, { details: { issues: [{ path, message }] } });

function checkNames(template: Place["template"], adaptations: Adaptations, switches: StreamSwitches, choices: StreamChoices): void {
  const keys = new Set(template.streams.map((stream) => stream.key));
  for (const [name, given] of Object.entries({ adaptations, streams: switches, choices })) {
    const stranger = Object.keys(given).find((key) => !keys.has(key));
    if (stranger === undefined) continue;
    throw refused(`${name}.${stranger}`, `There is no “${stranger}” in this template. It has ${[...keys].join(", ")}.`);
  }
  const fixed = template.streams.find(({ key, offers }) => offers?.flows === "always" && switches[key] === false);
  if (fixed) throw refused(`streams.${fixed.key}`, `“${fixed.label}” comes with this template. It cannot be left out.`);
}

/**
 * Works out what turning a template on does to each of its streams, with the customer's wishes for their mappings. What was on before goes on
 * from its own patches, carried over to the newest version. `invalid` names the field that may not be so, or has yet to be chosen.
 */
export async function planStreams(
  ctx: CustomerCtx,
  tx: Tx,
  place: Place,
  {
    adaptations = {},
    streams: switches = {},
    choices = {},
  }: { adaptations?: Adaptations | undefined; streams?: StreamSwitches | undefined; choices?: StreamChoices | undefined },
): Promise<Plan> {
  const { template } = place;
  checkNames(template, adaptations, switches, choices);
  const grounds = await loadGrounds(ctx, tx, place);
  const existing = await loadExisting(ctx, tx, place);
  const plan: Plan = { on: [], off: [] };
  for (const stream of template.streams) {
    const [known, running] = [grounds.get(stream.key), existing.get(stream.key)];
    if (!(switches[stream.key] ?? flowsUnasked(stream, running))) {
      if (running?.status === "active") plan.off.push(running);
    } else if (known)
      plan.on.push(await planOne(stream, known, running, { wishes: adaptations[stream.key] ?? {}, choices: choices[stream.key] }));
  }
  if (plan.on.length === 0 && template.streams.length > 0) throw refused("streams", "Choose at least one thing to sync.");
  return plan;
}
