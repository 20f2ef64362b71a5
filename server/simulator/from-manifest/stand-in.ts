import { createHash } from "node:crypto";
import type { Manifest } from "#server/runtime/manifest";
import { type Account, credentialBody, credentialFault, credentialNames, fillIn, knownOf, openAccount } from "./account";
import { actionRoles, type Done, subscriptionRoles } from "./asides";
import { fineTree, refusal } from "./faults";
import type { Stage } from "./listing";
import { answerToQuestion, together } from "./question-desk";
import { followed, readRoles } from "./reads";
import { type Call, fitsRole, type Ground, type Role, type Said } from "./role";
import { singleRoles } from "./single";
import { fitsValue, settled, type Told } from "./template";
import { answerAtDesk, endSession } from "./token-desk";
import { look, plant } from "./tree";
import { type Protocol, readBody, wireTemplate, writeAnswer } from "./wire";
import { createWorld, type World } from "./world";
import { writeRoles } from "./writes";

export type Answer = { status: number; headers: Record<string, string>; text: string; bytes?: Buffer; cut: boolean };
/** A request that came, what it was taken for, and what it was answered. */
export type Heard = Call & { role: string | null; status: number; why: string };

/** What is known of a system besides its manifest: pages of its objects as they were answered. */
export type Recorded = { pages: Readonly<Record<string, readonly unknown[]>> };
export type StandIn = {
  manifest: Manifest;
  world: World;
  account: Account;
  heard: Heard[];
  done: Done;
  /** Answers one request as the manifest says that its system does. */
  answer(call: Call): Answer;
  /** The next requests are answered so instead: by role, or any. Consumed one by one. */
  next(fault: Fault): void;
  setStuck(stuck: boolean): void;
  endSession(): void;
};
/** `lose`: done, but the answer never arrives. */
export type Fault = { role?: string; times?: number } & (
  | { lose: true }
  | { raw: Omit<Answer, "cut"> }
  | { said: Said; protocol?: Protocol }
);

const IDENTIFIED = "sample-account";

function generalRoles(stage: Stage): Role[] {
  const { manifest } = stage;
  const { identify, check } = manifest;
  const bare = { protocol: manifest.http.protocol, spots: [], own: new Set<string>() };
  const account = () => {
    let tree = fineTree(manifest);
    if (identify.accountId !== undefined) tree = plant(tree, identify.accountId, IDENTIFIED);
    for (const [, path = ""] of identify.label.matchAll(/\{([^{}]+)\}/g))
      if (look(tree, path) === undefined && !/^[a-z_]+$/.test(path)) tree = plant(tree, path, "Sample account");
    return tree;
  };
  const roles: Role[] = check ? [{ ...bare, name: "check", request: check, answer: () => ({ tree: account() }) }] : [];
  if (identify.request) roles.unshift({ ...bare, name: "identify", request: identify.request, answer: () => ({ tree: account() }) });
  return roles;
}

const near = (faults: { role: string; fault: string; near: boolean }[]): string =>
  faults
    .filter((one) => one.near)
    .map((one) => `${one.role}: ${one.fault}`)
    .slice(0, 4)
    .join("; ") || "nothing is at this address";

type UsernameToken = NonNullable<Extract<Protocol, { type: "soap" }>["usernameToken"]>;

/** Whether a WS-Security header names the user, and proves the password. */
function knowsUser({ username, password, digest }: UsernameToken, security: unknown): boolean {
  const text = (name: string) => String(look(security, `UsernameToken.${name}`) ?? "");
  const proof = digest
    ? createHash("sha1")
        .update(Buffer.from(text("Nonce"), "base64"))
        .update(text("Created"))
        .update(password)
        .digest("base64")
    : password;
  return text("Username") === username && text("Password") === proof;
}

/** The credential in the header of a SOAP envelope. */
function envelopeFault({ http }: Manifest, account: Account, call: Call): string | null {
  const { protocol } = http;
  if (protocol.type !== "soap") return null;
  const sent = readBody(protocol, call.body, call.headers["content-type"] ?? "");
  const header = sent?.header as Record<string, unknown> | undefined;
  if (protocol.usernameToken && !knowsUser(settled(protocol.usernameToken, knownOf(account), new Set()), header?.["Security"]))
    return "the header of the envelope does not prove who asks";
  delete header?.["Security"];
  if (Object.keys(protocol.header).length === 0) return null;
  const wanted = settled(protocol.header, knownOf(account), new Set());
  return fitsValue(wireTemplate(protocol, wanted), sent?.header, new Map(), { loose: true })
    ? null
    : "the header of the envelope does not hold the credential";
}

/** The credential in the body of a request that has one, in whichever of the manifest's ways that is written. */
function bodyFault({ http, objects }: Manifest, account: Account, call: Call): string | null {
  const wanted = credentialBody(account);
  if (wanted.length === 0 || call.body === "") return null;
  const protocols = [http.protocol, ...Object.values(objects).flatMap(({ protocol }) => protocol ?? [])];
  const proves = protocols.some((protocol) => {
    const sent = readBody(protocol, call.body, call.headers["content-type"] ?? "")?.body;
    return wanted.every(([path, text]) => String(look(sent, path)) === text);
  });
  return proves ? null : "the body does not hold the credential";
}

/** What is asked about the account as a whole. */
const GENERAL = new Set<string | null>(["check", "identify"]);

type Parts = { manifest: Manifest; account: Account; stage: Stage; ground: () => Ground; roles: Role[]; hosts: () => string[] };

/** What is said where only files are: the credential has no business there. */
function awayFrom(place: ReturnType<Stage["places"]["get"]>, call: Call, protocol: Protocol) {
  if (!place) return { said: { status: 404, tree: {} }, role: null, why: `the host is ${call.url.host}`, protocol };
  const why = "the credential left for another host";
  if (call.headers["authorization"] !== undefined) return { said: { status: 400, tree: {} }, role: null, why, protocol };
  return { said: place.answer(), role: place.role, why: "", protocol };
}

/** What is said to a request that is not about the credential itself. */
function sayTo(
  { manifest, account, stage, ground, roles, hosts }: Parts,
  call: Call,
): { said: Said; role: string | null; why: string; protocol: Protocol } {
  const usual = manifest.http.protocol;
  const place = stage.places.get(call.url.host + call.url.pathname);
  if (!hosts().includes(call.url.host)) return awayFrom(place, call, usual);
  const fault = credentialFault(account, call) ?? envelopeFault(manifest, account, call) ?? bodyFault(manifest, account, call);
  if (fault !== null) return { said: refusal(manifest, "reauth_required", fault), role: null, why: fault, protocol: usual };
  if (place) return { said: place.answer(), role: place.role, why: "", protocol: usual };
  const led = followed(stage, call);
  if (led) {
    const role = stage.issued.get(call.url.pathname + call.url.search)?.role ?? null;
    return { said: led, role, why: "", protocol: manifest.objects[role?.split(".")[0] ?? ""]?.protocol ?? usual };
  }
  const faults: { role: string; fault: string; near: boolean }[] = [];
  const fitting: { role: Role; told: Told }[] = [];
  for (const role of roles) {
    const fit: { told: Told } | { fault: string; near: boolean } = fitsRole(role, ground(), call);
    if ("told" in fit) fitting.push({ role, told: fit.told });
    else faults.push({ role: role.name, ...fit });
  }
  const best = fitting.find(({ role, told }) => role.mine?.(told) ?? true) ?? fitting[0];
  if (best) {
    const { role, told } = best;
    const answer = role.answer(told, call);
    return { said: answer, role: answer.role ?? role.name, why: "", protocol: role.protocol };
  }
  return { said: refusal(manifest, "provider_invalid_response", near(faults)), role: null, why: near(faults), protocol: usual };
}

/** The same, where what is asked once after the consent may stand at an address that is asked for more. */
function sayAlso(parts: Parts, call: Call): ReturnType<typeof sayTo> {
  const question = answerToQuestion(parts.account, call);
  const asked = {
    said: question?.said ?? {},
    role: "desk",
    why: JSON.stringify(question?.said.tree ?? ""),
    protocol: { type: "json" } as Protocol,
  };
  if (question?.first) return asked;
  const usual = sayTo(parts, call);
  if (!question || question.said.status !== undefined) return usual;
  if (usual.role === null) return asked;
  return GENERAL.has(usual.role) ? { ...usual, said: { ...usual.said, tree: together(usual.said.tree, question.said.tree) } } : usual;
}

function written(said: Said & { text?: string }, protocol: Protocol): Answer {
  const status = said.status ?? 200;
  if (said.text !== undefined) return { status, headers: said.headers ?? {}, text: said.text, cut: false };
  if (said.bytes) return { status, headers: said.headers ?? {}, text: "", bytes: said.bytes, cut: false };
  if (said.empty) return { status, headers: said.headers ?? {}, text: "", cut: false };
  const { text, type } = writeAnswer(protocol, said.tree ?? {});
  return { status, headers: { "content-type": type, ...said.headers }, text, cut: false };
}

/** The fault that strikes a request of this role, taken off the list when it has struck often enough. */
function struck(faults: Fault[], role: string | null): Fault | undefined {
  const at = faults.findIndex((one) => one.role === undefined || one.role === role);
  const fault = faults[at];
  if (!fault) return undefined;
  fault.times = (fault.times ?? 1) - 1;
  if (fault.times <= 0) faults.splice(at, 1);
  return fault;
}

/** Where requests go, for this account. */
function basesOf({ http }: Manifest, account: Account): { base: string; hosts: Record<string, string> } {
  const filled = (url: string) => fillIn(url, knownOf(account));
  return { base: filled(http.baseUrl), hosts: Object.fromEntries(Object.entries(http.hosts).map(([name, url]) => [name, filled(url)])) };
}

/**
 * Plays the system that a manifest describes, from nothing but the manifest and what was recorded of it. Strict: what the manifest
 * does not announce is refused, and says why.
 */
export function standIn(
  manifest: Manifest,
  { auth, recorded, nowMs, answers = {} }: { auth: string; recorded: Recorded; nowMs: number; answers?: Record<string, string> },
): StandIn {
  const account = openAccount(manifest.auth[auth] as Account["method"], answers);
  const config = () => account.values;
  const world = createWorld(manifest, { nowMs, known: config(), recorded: recorded.pages });
  const issued: Stage["issued"] = new Map();
  const state = { stuck: false, made: 0 };
  const stage: Stage = { manifest, world, issued, places: new Map(), fresh: () => `t${++state.made}`, stuck: () => state.stuck };
  const done: Done = { actions: {}, subscriptions: new Map() };
  const kinds = Object.values(world.kinds);
  const roles = [
    ...kinds.flatMap((kind) => [...readRoles(stage, kind), ...singleRoles(stage, kind)]),
    ...writeRoles(stage, kinds),
    ...actionRoles(stage, done),
    ...subscriptionRoles(stage, done),
    // A cheap call may be the list itself.
    ...generalRoles(stage),
  ];
  const names = credentialNames(account);
  const bases = () => basesOf(manifest, account);
  const parts: Parts = {
    manifest,
    account,
    stage,
    roles,
    hosts: () => [bases().base, ...Object.values(bases().hosts)].map((one) => new URL(one).host),
    ground: () => ({ manifest, ...bases(), known: knownOf(account), credentialQuery: names.query, credentialBody: names.body }),
  };
  const heard: Heard[] = [];
  const faults: Fault[] = [];
  const strike = (role: string | null) => struck(faults, role);

  return {
    manifest,
    world,
    account,
    heard,
    done,
    answer(call) {
      const desk = answerAtDesk(account, call);
      if (desk) {
        heard.push({ ...call, role: "desk", status: desk.status ?? 200, why: JSON.stringify(desk.tree ?? "") });
        return written(desk, { type: "json" });
      }
      const { said, role, why, protocol } = sayAlso(parts, call);
      const fault = strike(role);
      const answer =
        fault && "raw" in fault
          ? { ...fault.raw, cut: false }
          : fault && "said" in fault
            ? written(fault.said, fault.protocol ?? protocol)
            : written(said, protocol);
      heard.push({ ...call, role, status: answer.status, why });
      return {
        ...answer,
        headers: { date: new Date(world.nowMs).toUTCString(), ...answer.headers },
        cut: fault !== undefined && "lose" in fault,
      };
    },
    next: (fault) => void faults.push({ ...fault }),
    setStuck: (stuck) => {
      state.stuck = stuck;
    },
    endSession: () => endSession(account),
  };
}
