import { afterAll, beforeAll, beforeEach } from "vitest";
import { AppError } from "#server/lib/errors";
import { acquire, isSession } from "#server/runtime/auth/acquire";
import { takeApart } from "#server/runtime/auth/answers";
import { type App, grantOf } from "#server/runtime/auth/place";
import { createEgress } from "#server/runtime/egress-undici";
import { authMethodOf } from "#server/runtime/grants";
import type { ManifestInput } from "#server/runtime/manifest";
import type { Secret } from "#server/runtime/secret";
import { createSend } from "#server/runtime/send";
import { type Asked, startThirdParty, type ThirdParty, type Told } from "./third-party";
import { tinyManifest } from "./tiny-manifest";

export type Auth = ManifestInput["auth"][string];

export const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

/** A third party over real HTTP and a connector of one auth block: registers the hooks of a test file. */
export function usingAuth() {
  let party: ThirdParty;
  let answer: (asked: Asked, n: number) => Told = () => ({});
  const egress = createEgress({ allowLoopback: true });
  const clock = { now: () => new Date("2026-11-21T12:00:00Z") };
  beforeAll(async () => {
    party = await startThirdParty((asked, n) => answer(asked, n));
  });
  afterAll(() => party.stop());
  beforeEach(() => {
    party.asked.length = 0;
    answer = () => ({ json: { items: [] } });
  });
  const caller = () => ({ egress, name: "Tiny", sandboxOrigin: party.origin });

  /** Goes the way of a submitted form: answers, session if the kind has one, one request. Returns what came over the wire last. */
  async function use(
    auth: Auth,
    answers: Record<string, string>,
    { app = null as App | null, http = {}, path = "/things?x=1", body = undefined as unknown } = {},
  ) {
    const manifest = tinyManifest(
      { it: auth },
      { http: { baseUrl: "https://api.tiny.example", errorMessage: "message", rateLimit: { defaultWaitMs: 1_000 }, ...http } },
    );
    const method = authMethodOf(manifest, "it");
    const { values, config } = takeApart(method.fields, answers);
    let secret: Secret = { type: "api_key", values };
    let lifetimeMs: number | null = null;
    if (isSession(method)) {
      const got = await acquire(caller(), method, values, {
        app,
        scopes: "scopes" in method ? method.scopes.map((s) => s.scope) : [],
        nowMs: clock.now().getTime(),
      });
      if (!got.ok) throw new AppError("reauth_required", got.refusal.text);
      secret = { type: "session", values, token: got.token };
      lifetimeMs = got.lifetimeMs;
    }
    const grant = grantOf(method, secret, config, 1, app);
    const grants = {
      current: async () => grant,
      renew: async () => grant,
      condemn: async (_: number, reason: string) => new AppError("reauth_required", reason),
    };
    const [bare = "", query = ""] = path.split("?");
    await createSend({ egress, manifest, grants, sandboxOrigin: party.origin, clock })({
      method: body === undefined ? "GET" : "POST",
      ...(body === undefined ? {} : { body }),
      path: bare,
      query: Object.fromEntries(new URLSearchParams(query)),
    });
    return { last: party.asked.at(-1)!, secret, lifetimeMs };
  }

  return {
    use,
    egress,
    clock,
    get party() {
      return party;
    },
    /** What the third party answers from now on in this test. */
    answers(next: typeof answer) {
      answer = next;
    },
  };
}
