import { generateKeyPairSync, randomUUID } from "node:crypto";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import { PORTALS, portalById, SCOPES } from "../hubspot/portals";
import { errorPage } from "../screen/error-page";
import type { Simulation } from "../simulation";
import { isAllowedRedirect } from "./redirects";

export const CLIENT_ID = "inlay-demo";
export const CLIENT_SECRET = "inlay-demo-secret-0123456789abcdef";
export const AUTHORIZE_PATH = "/app.hubspot.com/oauth/authorize";
export const CONSENT_PATH = "/app.hubspot.com/oauth/consent";
export const TOKEN_PATH = "/api.hubapi.com/oauth/v1/token";
/** Cookies are shared by all ports of a host name, so these carry the simulator's own names. */
export const SESSION_COOKIE = "simulator_session";

const HALF_YEAR = 180 * 86_400;

/** A real authorization server (oidc-provider) at HubSpot's paths: code + PKCE, rotating single-use refresh tokens, short access tokens. */
export async function createProvider(
  sim: Simulation,
  options: { origin: string; appOrigin: string | null; cookieKeys: string[] },
): Promise<Provider> {
  const { default: OidcProvider } = await importQuietly();
  const signing = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  const provider = new OidcProvider(options.origin, {
    adapter: (model: string) => sim.tokens.adapter(model),
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        client_name: "Inlay demo app",
        redirect_uris: ["http://127.0.0.1/connect/callback/registered"],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    jwks: { keys: [{ ...signing, use: "sig", alg: "ES256" }] },
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    scopes: Object.keys(SCOPES),
    findAccount: (_ctx, id) => (portalById(id) ? { accountId: id, claims: () => ({ sub: id }) } : undefined),
    pkce: { required: () => true },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    expiresWithSession: async () => false,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false }, userinfo: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `${CONSENT_PATH}/${interaction.uid}` },
    routes: { authorization: AUTHORIZE_PATH, token: TOKEN_PATH },
    cookies: {
      keys: options.cookieKeys,
      names: { session: SESSION_COOKIE, interaction: "simulator_consent", resume: "simulator_resume" },
    },
    ttl: {
      AccessToken: () => sim.controls.accessTokenTtlSeconds,
      AuthorizationCode: 60,
      Grant: HALF_YEAR,
      IdToken: 60,
      Interaction: 900,
      RefreshToken: HALF_YEAR,
      Session: 900,
    },
    renderError(ctx, out) {
      ctx.type = "html";
      ctx.body = errorPage("The app cannot be connected", `${out.error}: ${out.error_description ?? ""}`);
    },
  });
  provider.Client.prototype.redirectUriAllowed = (uri: string) => isAllowedRedirect(uri, options.appOrigin);
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === TOKEN_PATH) speakHubspot(sim, ctx as KoaContextWithOIDC);
  });
  provider.on("grant.error", (_ctx, error) => {
    if (String((error as { error_detail?: string }).error_detail) === "refresh token already used") sim.stats.token.reuseAlarms++;
  });
  return provider;
}

/** oidc-provider warns about Node 20 although it works there; a warning nobody can act on would be printed at every start. */
async function importQuietly(): Promise<typeof import("oidc-provider")> {
  const { warn } = console;
  console.warn = (...parts: unknown[]) => (String(parts[0]).includes("Unsupported runtime") ? undefined : warn(...parts));
  try {
    return await import("oidc-provider");
  } finally {
    console.warn = warn;
  }
}

type TokenAnswer = {
  access_token?: string;
  refresh_token?: string;
  expires_in?: number;
  scope?: string;
  error?: string;
  error_description?: string;
};

/** Gives the token endpoint's answers HubSpot's fields, and counts them. The OAuth standard's error fields stay beside HubSpot's. */
function speakHubspot(sim: Simulation, ctx: KoaContextWithOIDC): void {
  const answer = ctx.body as TokenAnswer | undefined;
  const grant = (ctx.oidc?.params as { grant_type?: string } | undefined)?.grant_type;
  sim.stats.token.calls++;
  if (!answer?.access_token) {
    sim.stats.token.failures++;
    const [status, message] = problemOf(answer?.error, grant);
    ctx.body = { ...answer, status, message, correlationId: randomUUID() };
    return;
  }
  if (grant === "refresh_token") sim.stats.token.refreshes++;
  else sim.stats.token.codes++;
  const portal = portalById(sim.tokens.get("AccessToken", answer.access_token)?.accountId) ?? PORTALS[0];
  ctx.body = {
    token_type: "bearer",
    refresh_token: answer.refresh_token,
    access_token: answer.access_token,
    hub_id: Number(portal?.id),
    scopes: (answer.scope ?? "").split(" ").filter(Boolean),
    token_use: "access_token",
    user_id: portal?.userId,
    expires_in: answer.expires_in,
  };
}

function problemOf(error: string | undefined, grant: string | undefined): [status: string, message: string] {
  if (error === "invalid_client") return ["BAD_CLIENT_SECRET", "missing or invalid client secret"];
  if (error === "invalid_grant" && grant === "refresh_token") return ["BAD_REFRESH_TOKEN", "missing or invalid refresh token"];
  if (error === "invalid_grant") return ["BAD_AUTH_CODE", "missing or unknown auth code"];
  return ["BAD_REQUEST", "the request to the token endpoint could not be understood"];
}
