import type { Deps } from "#server/lib/context";
import type { InboundCall } from "#server/runtime/webhooks/call";
import { eventKeyOf, thanksOf } from "#server/runtime/webhooks/events";
import { greet, greetVerified } from "#server/runtime/webhooks/handshake";
import type { Webhooks } from "#server/runtime/webhooks/scheme";
import { refusalOf, verifyCall } from "#server/runtime/webhooks/verify";
import { declaredIn, type WebhooksOf } from "./declared";
import { createKeyFetcher } from "./fetch-keys";
import { createFindReceiver, type Receiver } from "./find-receiver";
import { createCallStore } from "./store-calls";
import { sealCall } from "./stored-call";
import { createCallTally } from "./tally-calls";
import { every } from "./throttle";

/** A request at an inbound address, not read yet. */
export type Knock = {
  method: string;
  connector: string;
  token: string;
  /** Path and query as they came. */
  target: string;
  header(name: string): string | null;
  /** The body, read when it is wanted. Rejects with {@link BodyTooLarge}. */
  read(limitBytes: number): Promise<Buffer>;
};

export type Reply = { status: number; contentType?: string; body: string; headers?: Record<string, string> };

export type Ingress = { receive(knock: Knock): Promise<Reply> };

/** A body beyond the limit. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

export const CALL_LIMIT_BYTES = 5 * 1_048_576;
export const POKE_EVERY_MS = 250;
const TELL_EVERY_MS = 10_000;

const say = (status: number, body = ""): Reply => ({ status, body });
const UNKNOWN = say(404, "not found\n");
const AWAY: Reply = { status: 503, body: "try again\n", headers: { "retry-after": "2" } };

export type IngressOptions = {
  /** The scheme of a connector, null when it has none. */
  webhooksOf?: WebhooksOf;
};

/**
 * Takes calls of third parties: finds whom the address belongs to, proves the call over its raw bytes, and answers 2xx only
 * when it is on disk. 401 = not proven, 404 = nobody is here, 503 = it could not be stored or checked now: call again.
 */
export function createIngress(deps: Deps, { webhooksOf = declaredIn(deps.db) }: IngressOptions = {}): Ingress {
  const findReceiver = createFindReceiver(deps);
  const store = createCallStore(deps);
  const tally = createCallTally(deps);
  const fetchKey = createKeyFetcher(deps);
  const poke = every(POKE_EVERY_MS, () => void deps.keeping.pokeInbox());
  const refused = every(TELL_EVERY_MS, (count, endpointId) => deps.log.warn({ endpointId, count }, "calls were refused: not proven"));
  const troubled = every(TELL_EVERY_MS, (count, err) => deps.log.error({ err, count }, "calls could not be taken now"));

  async function take(receiver: Receiver, webhooks: Webhooks, call: InboundCall): Promise<Reply> {
    const secrets = { app: receiver.clientSecret, endpoint: receiver.secret };
    const greeting = greet(webhooks.handshakes, call, secrets);
    if (greeting) return greeting;
    if (call.method !== "POST" && call.method !== "PUT") return { ...say(405, "only POST\n"), headers: { allow: "POST" } };
    const fetchText = (url: string) => fetchKey(url, receiver.sandboxOrigin);
    const keys = { ...secrets, fetchText };
    const nowMs = deps.clock.now().getTime();
    if (!(await verifyCall(webhooks.verify, call, keys, nowMs))) {
      refused(receiver.endpointId);
      tally.refused(receiver.endpointId, refusalOf(webhooks.verify, call, keys, nowMs));
      return say(401, "not proven\n");
    }
    const answer = greetVerified(webhooks.handshakes, call, secrets);
    if (answer) return answer;
    const { endpointId, environmentId, customerId } = receiver;
    const eventKey = eventKeyOf(webhooks, call);
    const content = sealCall(deps.vault, { environmentId, customerId, endpointId, eventKey }, webhooks, call);
    if (!(await store.add({ endpointId, eventKey, content }))) return UNKNOWN;
    poke(null);
    tally.accepted(endpointId);
    return thanksOf(webhooks);
  }

  async function judge(knock: Knock): Promise<Reply> {
    if (knock.token.length < 20 || knock.token.length > 100) return UNKNOWN;
    const receiver = await findReceiver(knock.token);
    const webhooks = receiver?.connectorKey === knock.connector ? await webhooksOf(receiver) : null;
    if (!receiver || !webhooks) return UNKNOWN;
    if (!/^(identity)?$/i.test(knock.header("content-encoding") ?? "")) return say(415, "send the body as it was signed, not compressed\n");
    const mark = knock.target.indexOf("?");
    return take(receiver, webhooks, {
      method: knock.method,
      url: `${deps.config.origin}${knock.target}`,
      query: new URLSearchParams(mark < 0 ? "" : knock.target.slice(mark)),
      header: knock.header,
      raw: await knock.read(CALL_LIMIT_BYTES),
    });
  }

  return {
    async receive(knock) {
      try {
        return await judge(knock);
      } catch (error) {
        if (error instanceof BodyTooLarge) return { ...say(413, "too large\n"), headers: { connection: "close" } };
        troubled(error);
        return AWAY;
      }
    },
  };
}
