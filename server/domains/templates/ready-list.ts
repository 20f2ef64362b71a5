import { AppError } from "#server/lib/errors";
import { READY_TEMPLATES } from "#server/ready/index";
import type { ObjectSpec } from "#server/runtime/manifest";
import { type ReadyModel, type ReadyStand, ReadyTemplate } from "./ready-schema";

let parsed: readonly ReadyTemplate[] | undefined;

/** All ready templates in their order, parsed once. */
export function readyTemplates(): readonly ReadyTemplate[] {
  parsed ??= READY_TEMPLATES.map((one) => ReadyTemplate.parse(one));
  return parsed;
}

/** Throws `not_found` for a key that none has. */
export function findReadyTemplate(key: string): ReadyTemplate {
  const found = readyTemplates().find((one) => one.key === key);
  if (found) return found;
  const known = readyTemplates().map((one) => one.key);
  throw new AppError("not_found", `There is no ready template "${key.slice(0, 60)}". There are ${known.join(", ")}.`);
}

/** The models that the streams of one connector fill. */
export function modelsOf({ models }: ReadyTemplate, stand: ReadyStand): ReadyModel[] {
  const filled = new Set(stand.streams.map((stream) => stream.model));
  return models.filter(({ key }) => filled.has(key));
}

/** Whether records of an object are asked for, by its list or by a job; of others only calls tell. */
export const isAsked = (spec: Pick<ObjectSpec, "list" | "job"> | undefined): boolean => spec?.list !== undefined || spec?.job !== undefined;
