import { z } from "zod";
import { addEmbedKeys } from "#server/domains/embed-sessions/add-embed-keys";
import { type EmbedKey, listEmbedKeys } from "#server/domains/embed-sessions/list-embed-keys";
import { mintEmbedSession } from "#server/domains/embed-sessions/mint-embed-session";
import { removeEmbedKey } from "#server/domains/embed-sessions/remove-embed-key";
import { Traits } from "#server/domains/integrations/gate";
import { operation } from "../operation";
import { contactEmail, externalId, idOf, moment, name, pageOf } from "../shapes";

const SigningKey = z
  .object({
    id: z.string(),
    kid: z.string().meta({ description: "To be named as `kid` in the token's header." }),
    alg: z.enum(["ES256", "RS256", "EdDSA"]),
    createdAt: moment,
    lastUsedAt: moment.nullable(),
  })
  .meta({ id: "EmbedKey" });

const bodyOf = ({ id, kid, alg, createdAt, lastUsedAt }: EmbedKey) => ({
  id,
  kid,
  alg,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});

export const embedSessions = [
  operation({
    id: "createEmbedSession",
    method: "POST",
    path: "/v1/embed-sessions",
    summary: "Open the marketplace for a customer",
    description:
      "Gives a token that your page hands to `Inlay.open`. It lives ten minutes and works only on pages of `origin`. Call again to renew. A customer that is new is created; a name that is given replaces the old one.",
    status: 201,
    scope: "sessions",
    input: z.strictObject({
      customer: z.strictObject({ id: externalId, name: name.optional(), traits: Traits.optional(), email: contactEmail }),
      origin: z
        .string()
        .max(300)
        .optional()
        .meta({ description: "Origin of the embedding page; needed when the environment allows more than one." }),
      user: z.string().trim().min(1).max(200).optional().meta({ description: "The person in front of the page, for the history." }),
      locale: z
        .string()
        .max(35)
        .optional()
        .meta({ description: "Language to speak, as BCP 47 (`de-AT`), where the page does not say one." }),
    }),
    output: z.object({ token: z.string(), expiresAt: moment, customerId: z.string() }),
    async run(ctx, input) {
      const { token, expiresAt, customerId } = await mintEmbedSession(ctx, input);
      return { token, expiresAt: expiresAt.toISOString(), customerId };
    },
  }),
  operation({
    id: "listEmbedKeys",
    method: "GET",
    path: "/v1/embed-keys",
    summary: "List signing keys",
    description: "Public keys whose signature opens the marketplace: your server then signs a JWT instead of asking for a session.",
    input: z.strictObject({}),
    output: pageOf(SigningKey),
    async run(ctx) {
      return { items: (await listEmbedKeys(ctx)).map(bodyOf), next: null };
    },
  }),
  operation({
    id: "addEmbedKeys",
    method: "POST",
    path: "/v1/embed-keys",
    summary: "Register public keys",
    description: "P-256 (ES256), RSA from 2,048 bits (RS256) or Ed25519 (EdDSA). A private key is refused.",
    status: 201,
    input: z.strictObject({
      key: z.string().min(1).max(50_000).meta({ description: "A public key as PEM or JWK, or several as JWKS; JSON goes in as text." }),
      kid: z.string().min(1).max(200).optional().meta({ description: "For a key that names itself not; else its thumbprint (RFC 7638)." }),
    }),
    output: pageOf(SigningKey),
    async run(ctx, input) {
      return { items: (await addEmbedKeys(ctx, input)).map(bodyOf), next: null };
    },
  }),
  operation({
    id: "deleteEmbedKey",
    method: "DELETE",
    path: "/v1/embed-keys/{id}",
    summary: "Remove a signing key",
    description: "Tokens signed with it open nothing from now on. Sessions already opened live out their ten minutes.",
    input: z.strictObject({ id: idOf("embedKey") }),
    output: null,
    run: (ctx, { id }) => removeEmbedKey(ctx, { id }),
  }),
];
