import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

export type Note = { id: string; text: string; stars: number; changed: string };
type Client = { id: string; secret: string; redirectUris: string[] };

export const ISSUER = "https://id.house.example";
/** So short that a reading outlives its token. */
const ACCESS_TTL_S = 4;

/**
 * oidc-provider as it comes, with its own consent pages, behind TLS that ended before it; refresh tokens rotate, and one that is used
 * twice revokes the whole grant. Beside it a list of notes for whoever brings a token of its.
 */
export async function startIdHouse(client: Client, count: number) {
  const notes: Note[] = Array.from({ length: count }, (_, i) => ({
    id: `N-${String(i).padStart(4, "0")}`,
    text: `Note № ${i} ☂`,
    stars: i % 6,
    changed: new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString(),
  }));
  const seen = { refreshes: 0, reuseAlarms: 0, revoked: 0 };
  const signing = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  const provider = new Provider(ISSUER, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: client.redirectUris,
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [{ ...signing, use: "sig", alg: "ES256" }] },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    expiresWithSession: async () => false,
    features: { revocation: { enabled: true } },
    cookies: { keys: ["live"] },
    ttl: {
      AccessToken: ACCESS_TTL_S,
      AuthorizationCode: 60,
      Grant: 3_600,
      IdToken: 60,
      Interaction: 600,
      RefreshToken: 3_600,
      Session: 600,
    },
  });
  provider.proxy = true;
  provider.on("grant.success", (ctx) => {
    if (ctx.oidc.params?.["grant_type"] === "refresh_token") seen.refreshes++;
  });
  provider.on("grant.error", (_ctx, error) => {
    if (String((error as { error_detail?: string }).error_detail) === "refresh token already used") seen.reuseAlarms++;
  });
  provider.on("grant.revoked", () => {
    seen.revoked++;
  });

  const api = async (request: IncomingMessage, response: ServerResponse) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const known = await provider.AccessToken.find(token);
    const { status, body } = known
      ? { status: 200, body: listOf(notes, request.url ?? "") }
      : { status: 401, body: { error: "invalid_token" } };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const answer = provider.callback();
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/api/")) void api(request, response);
    else void answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    notes,
    seen,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function listOf(notes: readonly Note[], address: string) {
  const { searchParams } = new URL(address, ISSUER);
  const [page, size, since] = [
    Number(searchParams.get("page") ?? 1),
    Number(searchParams.get("size") ?? 20),
    searchParams.get("since") ?? "",
  ];
  const found = notes.filter(({ changed }) => changed >= since);
  return { notes: found.slice((page - 1) * size, page * size), pages: Math.max(1, Math.ceil(found.length / size)) };
}

/** Walks through the provider's own pages as a browser does, reached through the relay; where it is sent in the end. */
export async function answerPages(url: string, relayOrigin: string, login: string): Promise<URL> {
  const jar = new Map<string, string>();
  const reached = (address: string) => address.replace(`${ISSUER}/`, `${relayOrigin}/${new URL(ISSUER).host}/`);
  const visit = async (address: string, form?: URLSearchParams) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(reached(address), {
      redirect: "manual",
      headers: { cookie },
      ...(form ? { method: "POST", body: form } : {}),
    });
    for (const header of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      jar.set(name, value);
    }
    const location = answer.headers.get("location");
    return { location: location === null ? null : new URL(location, `${ISSUER}/`), text: await answer.text(), status: answer.status };
  };
  let next = url;
  for (let steps = 0; steps < 12; steps++) {
    const page = await visit(next);
    const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1];
    const told = prompt ? await visit(next, new URLSearchParams({ prompt, login, password: "any" })) : page;
    if (!told.location)
      throw new Error(`the sign-in stopped at ${next}: ${told.status} ${told.text.replace(/<[^>]+>/g, " ").slice(0, 300)}`);
    if (told.location.origin !== ISSUER) return told.location;
    next = told.location.href;
  }
  throw new Error("the sign-in goes in circles");
}
