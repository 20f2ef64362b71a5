import { z } from "zod";
import { compareVersions } from "#server/domains/connectors/compare-versions";
import { importDescription } from "#server/domains/connectors/import-description";
import { type ConnectorRow, getConnector, listConnectors } from "#server/domains/connectors/list-connectors";
import { getVersion, listVersions, type VersionRow } from "#server/domains/connectors/list-versions";
import { publishVersion } from "#server/domains/connectors/publish-version";
import { retireVersion } from "#server/domains/connectors/retire-version";
import { saveVersion } from "#server/domains/connectors/save-version";
import { IMPORT_LIMIT_BYTES, SOURCE_LIMIT_BYTES, SourceFormat } from "#server/domains/connectors/schema";
import { createIntegration } from "#server/domains/integrations/create-integration";
import { createFromObject } from "#server/domains/templates/create-from-object";
import { AppError } from "#server/lib/errors";
import { operation } from "../operation";
import { idOf, moment, name, pageOf } from "../shapes";

const key = z.string().min(1).max(100).meta({ description: "A connector's key; those of private connectors begin with `x-`." });
const number = z.coerce.number().int().min(1).max(1_000_000);
const status = z.enum(["draft", "published", "retired"]);

const ConnectorBody = z
  .object({
    key: z.string(),
    name: z.string(),
    tagline: z.string(),
    categories: z.array(z.string()),
    origin: z.enum(["shipped", "private"]),
    objects: z.number().int().meta({ description: "How many objects it knows." }),
    latest: z.object({ version: z.number().int(), status, createdAt: moment }).nullable(),
    published: z.number().int().nullable().meta({ description: "The newest published version, which integrations follow." }),
  })
  .meta({ id: "Connector" });

const VersionBody = z
  .object({
    key: z.string(),
    version: z.number().int(),
    status,
    format: SourceFormat,
    createdBy: z.string(),
    createdAt: moment,
    publishedAt: moment.nullable(),
    retiredAt: moment.nullable(),
  })
  .meta({ id: "ConnectorVersion" });

const Claim = z.object({
  claim: z.string(),
  title: z.string(),
  by: z.enum(["read", "played", "tried"]),
  state: z.enum(["ok", "failed", "untried"]),
  note: z.string().nullable(),
  at: moment.nullable(),
});
const Breaking = z.object({
  path: z.string(),
  message: z.string(),
  object: z.string().nullable(),
  authKey: z.string().nullable(),
  connections: z.number().int(),
  streams: z.number().int(),
});

/** The file: as text, or as the value it stands for. */
const file = {
  source: z
    .string()
    .min(1)
    .max(SOURCE_LIMIT_BYTES)
    .optional()
    .meta({ description: "The manifest as text, JSON or YAML. Faults then name the line." }),
  format: SourceFormat.optional().meta({ description: "What `source` is; told by its first character when absent." }),
  manifest: z.record(z.string(), z.json()).optional().meta({ description: "The manifest itself, instead of `source`." }),
};
type File = { source?: string | undefined; format?: SourceFormat | undefined; manifest?: Record<string, unknown> | undefined };

function textOf({ source, format, manifest }: File): { source: string; format?: SourceFormat | undefined } {
  if ((source === undefined) === (manifest === undefined))
    throw new AppError("invalid", "Send the manifest as `source` (text) or as `manifest` (JSON), one of them.");
  return source !== undefined ? { source, format } : { source: `${JSON.stringify(manifest, null, 2)}\n`, format: "json" };
}

const connectorBody = ({ iconUrl: _icon, integrations: _count, ...row }: ConnectorRow) => row;
const at = (date: Date | null): string | null => date?.toISOString() ?? null;
const versionBody = ({ createdAt, publishedAt, retiredAt, ...row }: VersionRow) => ({
  ...row,
  createdAt: createdAt.toISOString(),
  publishedAt: at(publishedAt),
  retiredAt: at(retiredAt),
});

const SavedBody = z.object({
  key: z.string(),
  version: z.number().int(),
  created: z.boolean().meta({ description: "False: the newest version is this file already." }),
});
const versionInput = z.strictObject({ key, version: number });

export const connectors = [
  operation({
    id: "listConnectors",
    method: "GET",
    path: "/v1/connectors",
    summary: "List connectors",
    description: "Your private connectors, then those that are shipped.",
    input: z.strictObject({}),
    output: pageOf(ConnectorBody),
    run: async (ctx) => ({ items: (await listConnectors(ctx)).map(connectorBody), next: null }),
  }),
  operation({
    id: "createConnector",
    method: "POST",
    path: "/v1/connectors",
    summary: "Add a private connector",
    description:
      "The manifest is checked and kept as version 1, a draft. Its JSON Schema is at `/v1/manifest.schema.json`. Faults are listed in `issues`, each with line, path and remedy.",
    status: 201,
    input: z.strictObject(file),
    output: SavedBody,
    run: (ctx, input) => saveVersion(ctx, { ...textOf(input), as: { kind: "new" } }),
  }),
  operation({
    id: "importConnector",
    method: "POST",
    path: "/v1/connectors/import",
    summary: "Draft a manifest from a WSDL or an OpenAPI description",
    description:
      "Nothing is kept: look at the draft, correct it, and send it to `POST /v1/connectors`. What cannot be read is refused with its line.",
    input: z.strictObject({
      text: z.string().min(1).max(IMPORT_LIMIT_BYTES).meta({ description: "WSDL 1.1, or OpenAPI 2.0 or 3 as JSON or YAML." }),
    }),
    output: z.object({
      format: z.enum(["wsdl", "openapi"]).meta({ description: "What the text was read as." }),
      source: z.string().meta({ description: "The manifest, as YAML." }),
      notes: z.array(z.string()).meta({ description: "What was assumed, and what to look at." }),
    }),
    run: (ctx, input) => importDescription(ctx, input),
  }),
  operation({
    id: "getConnector",
    method: "GET",
    path: "/v1/connectors/{key}",
    summary: "Get a connector",
    input: z.strictObject({ key }),
    output: ConnectorBody,
    run: async (ctx, input) => connectorBody(await getConnector(ctx, input)),
  }),
  operation({
    id: "listConnectorVersions",
    method: "GET",
    path: "/v1/connectors/{key}/versions",
    summary: "List a private connector's versions",
    input: z.strictObject({ key }),
    output: pageOf(VersionBody),
    run: async (ctx, input) => ({ items: (await listVersions(ctx, input)).map(versionBody), next: null }),
  }),
  operation({
    id: "addConnectorVersion",
    method: "POST",
    path: "/v1/connectors/{key}/versions",
    summary: "Add a version",
    description: "Versions never change. The same file as the newest version is not kept twice.",
    status: 201,
    input: z.strictObject({ key, ...file }),
    output: SavedBody,
    run: (ctx, { key: of, ...input }) => saveVersion(ctx, { ...textOf(input), as: { kind: "next", key: of } }),
  }),
  operation({
    id: "getConnectorVersion",
    method: "GET",
    path: "/v1/connectors/{key}/versions/{version}",
    summary: "Get a version with its conformance report",
    input: versionInput,
    output: VersionBody.extend({ source: z.string(), report: z.object({ hosts: z.array(z.string()), claims: z.array(Claim) }) }),
    async run(ctx, input) {
      const { source, report, ...row } = await getVersion(ctx, input);
      return { ...versionBody(row), source, report };
    },
  }),
  operation({
    id: "compareConnectorVersions",
    method: "GET",
    path: "/v1/connectors/{key}/versions/{version}/changes",
    summary: "What a version changes",
    description:
      "Against `from`, or what is published now. `breaking` names what takes something away, and from how many connections and streams.",
    input: versionInput.extend({ from: number.optional() }),
    output: z.object({
      from: z.number().int(),
      to: z.number().int(),
      changes: z.array(
        z.object({
          path: z.string(),
          kind: z.enum(["added", "removed", "changed"]),
          before: z.string().nullable(),
          after: z.string().nullable(),
        }),
      ),
      breaking: z.array(Breaking),
    }),
    run: (ctx, input) => compareVersions(ctx, { key: input.key, from: input.from, to: input.version }),
  }),
  operation({
    id: "publishConnectorVersion",
    method: "POST",
    path: "/v1/connectors/{key}/versions/{version}/publish",
    summary: "Publish a version",
    description:
      "Integrations that follow go on with it within seconds. Refused as `conflict` when it takes something away from connections there are, unless `acceptBreaking` is true.",
    input: versionInput.extend({ acceptBreaking: z.boolean().default(false) }),
    output: null,
    run: async (ctx, input) => void (await publishVersion(ctx, input)),
  }),
  operation({
    id: "retireConnectorVersion",
    method: "POST",
    path: "/v1/connectors/{key}/versions/{version}/retire",
    summary: "Retire a version",
    input: versionInput,
    output: null,
    run: (ctx, input) => retireVersion(ctx, input),
  }),
  operation({
    id: "createIntegration",
    method: "POST",
    path: "/v1/integrations",
    summary: "Put a connector on offer",
    description: "Register `redirectUri` with the third party when its customers sign in there.",
    status: 201,
    input: z.strictObject({
      connector: key,
      connectorVersion: number
        .optional()
        .meta({ description: "Private connectors: stay with this version instead of following the newest published one." }),
      name: name.optional(),
      auth: z.string().min(1).max(100).optional().meta({ description: "Which of the connector's ways to connect; its first when absent." }),
      clientId: z.string().trim().min(1).max(500).optional(),
      clientSecret: z.string().trim().min(1).max(10_000).optional(),
      status: z.enum(["available", "coming_soon", "hidden"]).optional(),
      claimUrl: z.url().max(2_000).optional().meta({
        description:
          "Your page, on one of the allowed origins, to which whoever installed your app from the third party's side is sent with `?inlay_claim=`. Without one they are asked to sign in and connect it there.",
      }),
      sandboxOrigin: z.url().max(300).optional().meta({
        description:
          "Test environments only: reach every host of the manifest as `<sandboxOrigin>/<host>/…`, to try a connector against a stand-in.",
      }),
    }),
    output: z.object({
      id: z.string(),
      connector: z.string(),
      name: z.string(),
      status: z.string(),
      configured: z.boolean(),
      redirectUri: z.string(),
    }),
    async run(ctx, { connector, auth, ...input }) {
      const row = await createIntegration(ctx, { ...input, connectorKey: connector, authKey: auth });
      return {
        id: row.id,
        connector: row.connectorKey,
        name: row.name,
        status: row.status,
        configured: row.configured,
        redirectUri: row.redirectUri,
      };
    },
  }),
  operation({
    id: "createTemplate",
    method: "POST",
    path: "/v1/templates",
    summary: "Offer an object of an integration",
    description:
      "One object into one model, field by field, published at once. The model is made of the object's fields when there is none of that key.",
    status: 201,
    input: z.strictObject({
      integrationId: idOf("integration"),
      object: z.string().min(1).max(100),
      name: name.optional(),
      model: z.string().min(1).max(60).optional(),
    }),
    output: z.object({ id: z.string(), stream: z.string(), model: z.string() }),
    async run(ctx, { model, ...input }) {
      const { id, streamKey, modelKey } = await createFromObject(ctx, { ...input, modelKey: model });
      return { id, stream: streamKey, model: modelKey };
    },
  }),
];
