import { createHash, randomBytes } from "node:crypto";
import { AUTHORIZE_PATH, CLIENT_ID, CLIENT_SECRET, TOKEN_PATH } from "./oauth/provider";

/** What a customer without a browser came back with: the callback's URL. */
export type Visit = { callback: URL; verifier: string; redirectUri: string };

export type VisitOptions = {
  portal?: string;
  scopes?: readonly string[];
  decision?: "allow" | "deny";
  redirectUri?: string;
  clientId?: string;
};

/** Walks through an authorization URL as a browser would: follows it to the consent page, submits its form, and stops at the app's callback. */
export async function answerConsent(authorizeUrl: string, answer: { portal?: string; decision?: "allow" | "deny" } = {}): Promise<URL> {
  const jar = new Map<string, string>();
  const page = await visit(authorizeUrl, jar);
  const form = new URLSearchParams({ portal: answer.portal ?? "4711001", decision: answer.decision ?? "allow" });
  if (!page.location)
    throw new Error(
      `No consent page: ${page.status} ${page.text
        .replace(/<[^>]+>/g, " ")
        .trim()
        .slice(-300)}`,
    );
  const submitted = await visit(page.location, jar, form);
  if (!submitted.location) throw new Error(`The consent form was refused: ${submitted.status}`);
  const callback = await visit(submitted.location, jar);
  if (!callback.location) throw new Error(`The authorization did not end: ${callback.status}`);
  return new URL(callback.location);
}

/** A whole authorization with PKCE up to the callback. */
export async function authorize(origin: string, options: VisitOptions = {}): Promise<Visit> {
  const verifier = randomBytes(32).toString("base64url");
  const redirectUri = options.redirectUri ?? "http://127.0.0.1:4600/connect/callback/int_test";
  const query = new URLSearchParams({
    client_id: options.clientId ?? CLIENT_ID,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: (options.scopes ?? ["oauth", "crm.objects.contacts.read", "crm.objects.companies.read", "crm.objects.deals.read"]).join(" "),
    state: randomBytes(16).toString("hex"),
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const answer = { ...(options.portal ? { portal: options.portal } : {}), decision: options.decision ?? "allow" };
  return { callback: await answerConsent(`${origin}${AUTHORIZE_PATH}?${query}`, answer), verifier, redirectUri };
}

export type TokenAnswer = { status: number; body: Record<string, unknown> };

/** Calls the token endpoint as the demo app; `fields` override its client fields too. */
export async function requestToken(origin: string, fields: Record<string, string>): Promise<TokenAnswer> {
  const body = new URLSearchParams({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, ...fields });
  const response = await fetch(`${origin}${TOKEN_PATH}`, { method: "POST", body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Connects an account and returns its tokens. */
export async function connect(origin: string, options: VisitOptions = {}): Promise<{ accessToken: string; refreshToken: string }> {
  const visited = await authorize(origin, options);
  const code = visited.callback.searchParams.get("code");
  if (!code) throw new Error(`No code came back: ${visited.callback.search}`);
  const { status, body } = await requestToken(origin, {
    grant_type: "authorization_code",
    code,
    code_verifier: visited.verifier,
    redirect_uri: visited.redirectUri,
  });
  if (status !== 200) throw new Error(`The code was refused: ${JSON.stringify(body)}`);
  return { accessToken: String(body["access_token"]), refreshToken: String(body["refresh_token"]) };
}

async function visit(
  url: string,
  jar: Map<string, string>,
  form?: URLSearchParams,
): Promise<{ status: number; location: string | null; text: string }> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const response = await fetch(url, {
    redirect: "manual",
    headers: { cookie, accept: "text/html" },
    ...(form ? { method: "POST", body: form } : {}),
  });
  for (const header of response.headers.getSetCookie()) {
    const [name, value] = (header.split(";")[0] ?? "").split("=", 2);
    if (name && value) jar.set(name, value);
  }
  const location = response.headers.get("location");
  return { status: response.status, location: location === null ? null : new URL(location, url).href, text: await response.text() };
}
