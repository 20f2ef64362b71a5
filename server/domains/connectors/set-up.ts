import { isPrivateKey } from "#server/connectors/index";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { appNeeds } from "#server/runtime/auth/holes";
import type { AuthMethod } from "#server/runtime/auth/schema";
import { findManifest } from "#server/runtime/find-manifest";
import { manifestIn, versionOf } from "./internal";

/** What screens must know of a connector to put it on offer or to try it. */
export type SetUp = {
  name: string;
  auth: {
    key: string;
    title: string;
    type: AuthMethod["type"];
    /** What of the vendor's own app at the third party is needed. */
    needs: { id: boolean; secret: boolean };
    fields: {
      key: string;
      title: string;
      help: string | null;
      example: string | null;
      secret: boolean;
      required: boolean;
      options: { value: string; title: string }[] | null;
    }[];
  }[];
  objects: { key: string; title: string; fields: number; changes: boolean; paged: boolean }[];
};

/** A connector's ways to connect and its objects. `version` names one of a private connector; else the newest published one is meant. */
export async function setUp(ctx: Ctx, { key, version }: { key: string; version?: number | undefined }): Promise<SetUp> {
  const manifest =
    version !== undefined && isPrivateKey(key)
      ? manifestIn(await withScope(ctx, (tx) => versionOf(tx, ctx, key, version)))
      : await findManifest(ctx, { connectorKey: key, connectorVersion: null });
  return {
    name: manifest.name,
    auth: Object.entries(manifest.auth).map(([of, method]) => ({
      ...{ key: of, title: method.title, type: method.type, needs: appNeeds(method) },
      fields: method.fields.map(({ key: field, title, help = null, example = null, secret, required, options = null }) => ({
        ...{ key: field, title, help, example, secret, required, options },
      })),
    })),
    objects: Object.entries(manifest.objects).map(([of, { title, fields, changes, each, pagination }]) => ({
      ...{ key: of, title, fields: fields.length, changes: changes !== undefined && each === undefined },
      paged: (pagination ?? manifest.pagination).type !== "none",
    })),
  };
}
