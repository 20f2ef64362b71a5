import { whyNotFiltered } from "#server/mapping/only-values";
import type { Manifest, ObjectSpec } from "#server/runtime/manifest";
import { type Asked, checkLookups } from "./check-lookups";
import { canBeginAt, refuse } from "./internal";
import type { StreamSettings, TemplateStream } from "./schema";

type Settings = Pick<TemplateStream, "object" | "direction" | "lookups" | "backfillDays" | "offers">;

/** Settings without those that say nothing: no beginning, nothing to choose, nothing to look up are the same as not being there. */
export function saying({ backfillDays, offers, lookups }: Pick<StreamSettings, "backfillDays" | "offers" | "lookups">) {
  return {
    ...(backfillDays ? { backfillDays } : {}),
    ...(offers && Object.keys(offers).length > 0 ? { offers } : {}),
    ...(lookups && lookups.length > 0 ? { lookups } : {}),
  };
}

/** What customers could not be given is not offered to them. */
function checkOffers({ offers, direction }: Settings, spec: ObjectSpec | undefined, under: string): void {
  if (offers?.windows && !(spec && canBeginAt(spec)))
    throw refuse(`${under}windows`, "This source can only be read whole: there is no beginning to choose. Take the choice away.");
  if (direction === "push" && offers?.filters?.length)
    throw refuse(
      `${under}filters`,
      "This stream only writes: it sends every record that you give it, and there is none to choose. Take the filters away.",
    );
  for (const [index, { path, values }] of (offers?.filters ?? []).entries()) {
    const where = `${under}filters.${index}`;
    const fault = whyNotFiltered(path);
    if (fault) throw refuse(`${where}.path`, fault);
    if (new Set(values.map(({ value }) => value)).size < values.length) throw refuse(`${where}.values`, "Each value is offered once.");
  }
}

/**
 * Proves that a stream can be run as it is set, but for its direction: where its first reading begins, what customers may choose, and what is
 * looked up. Throws `invalid`, in words for who designs templates, at the setting that cannot be so.
 */
export function checkSettings(manifest: Manifest, stream: Settings, asked: Asked, at = ""): void {
  const spec = manifest.objects[stream.object];
  if (stream.backfillDays && !(spec && canBeginAt(spec)))
    throw refuse(
      `${at}backfillDays`,
      `${manifest.name} cannot be asked for what has changed in ${spec?.title ?? stream.object}, so everything has to be read. Leave it empty.`,
    );
  checkOffers(stream, spec, `${at}offers.`);
  checkLookups(manifest, stream, asked, at);
}
