import type { Client } from "@temporalio/client";
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from "@temporalio/common";
import type { Logger } from "pino";
import { SEARCH_ATTRIBUTES } from "#workflows/contract";

const NAMES = Object.values(SEARCH_ATTRIBUTES);
/** `temporal.api.enums.v1.INDEXED_VALUE_TYPE_KEYWORD`. */
const KEYWORD = 2;
/** A server that does not take them gets workflows without for so long. */
const WITHOUT_MS = 60_000;

export type Tags = Partial<Record<keyof typeof SEARCH_ATTRIBUTES, string>>;
type Typed = { typedSearchAttributes?: TypedSearchAttributes };

/** Registers what the server does not know yet. A second call is one look. */
async function register({ connection, options }: Client, log: Logger): Promise<void> {
  const { namespace } = options;
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = NAMES.filter((name) => !customAttributes?.[name]);
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
  });
  log.info({ missing }, "search attributes were registered");
}

/**
 * Makes sure again and again that the server knows our search attributes: one that lost its memory is told anew. A server that does not let us
 * (Temporal Cloud) is told in the log how to, once; workflows then start without them, and only Temporal's own screens miss something.
 */
export function searchAttributesOf(client: Client, log: Logger): () => Promise<void> {
  let wasRefused = false;
  return async () => {
    try {
      await register(client, log);
      wasRefused = false;
    } catch (error) {
      const command = NAMES.map((name) => `--name ${name} --type Keyword`).join(" ");
      const told = `search attributes could not be registered; by hand: temporal operator search-attribute create ${command}`;
      log[wasRefused ? "debug" : "warn"]({ err: error }, told);
      wasRefused = true;
    }
  };
}

const typedBy = (tags: Tags): TypedSearchAttributes =>
  new TypedSearchAttributes(
    Object.entries(tags).map(([key, value]) => ({
      key: defineSearchAttributeKey(SEARCH_ATTRIBUTES[key as keyof Tags], SearchAttributeType.KEYWORD),
      value,
    })),
  );

const isUnknown = (error: unknown): boolean =>
  /search attribute/i.test(String((error as { cause?: Error }).cause?.message ?? (error as Error).message ?? error));

/** Starts workflows with search attributes; a server that does not know them, and is not to be told, gets them without for a while. */
export function taggingOf(client: Client, log: Logger): (tags: Tags, start: (typed: Typed) => Promise<unknown>) => Promise<unknown> {
  const ensure = searchAttributesOf(client, log);
  let withoutUntilMs = 0;
  return async (tags, start) => {
    if (performance.now() < withoutUntilMs) return start({});
    const typed = { typedSearchAttributes: typedBy(tags) };
    try {
      return await start(typed);
    } catch (error) {
      if (!isUnknown(error)) throw error;
    }
    await ensure();
    try {
      return await start(typed);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      withoutUntilMs = performance.now() + WITHOUT_MS;
      return start({});
    }
  };
}
