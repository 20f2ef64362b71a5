import { beforeEach, expect, test, vi } from "vitest";
import type { Deps } from "#server/lib/context";
import { keepHouse } from "./keep-house";

const { done, failing } = vi.hoisted(() => ({ done: [] as string[], failing: new Set<string>() }));
const part = vi.hoisted(() => (name: string) => async () => {
  done.push(name);
  if (failing.has(name)) throw new Error(name);
});
vi.mock("#server/domains/inbox/process-inbox", () => ({ processInbox: part("inbox") }));
vi.mock("#server/domains/actions/close-lost-calls", () => ({ closeLostCalls: part("lost calls") }));
vi.mock("#server/domains/inbox/keep-subscriptions", () => ({ keepSubscriptions: part("subscriptions") }));
vi.mock("#server/domains/inbox/purge-inbox", () => ({ purgeInbox: part("purge inbox") }));
vi.mock("#server/domains/retention/purge-old", () => ({ purgeOld: part("purge") }));
vi.mock("#server/domains/secrets/rotate-keys", () => ({ rotateKeys: part("keys") }));
vi.mock("#server/domains/connections/revoke-disconnected", () => ({ revokeDisconnected: part("revoke") }));
vi.mock("#server/domains/claims/end-claims", () => ({ endClaims: part("claims") }));
vi.mock("#server/domains/connections/keep-credentials-alive", () => ({ keepCredentialsAlive: part("keep alive") }));
vi.mock("#server/domains/mails/tell-reauth", () => ({ tellReauth: part("reconnect mails") }));
vi.mock("#server/domains/mails/tell-endpoints-off", () => ({ tellEndpointsOff: part("switched-off mails") }));
vi.mock("#server/domains/mails/send-digests", () => ({ sendDigests: part("digests") }));
vi.mock("#server/domains/mails/send-due-mails", () => ({ sendDueMails: part("mails") }));

const error = vi.fn();
const deps = { log: { error } } as unknown as Deps;
beforeEach(() => {
  done.length = 0;
  failing.clear();
  error.mockClear();
});
const ALL = [
  "reconcile",
  "inbox",
  "lost calls",
  "purge inbox",
  "purge",
  "keys",
  "reconnect mails",
  "switched-off mails",
  "digests",
  "mails",
  "revoke",
  "claims",
  "keep alive",
  "subscriptions",
];

test("third parties come last, and no failing part stops another", async () => {
  for (const name of ALL.slice(1)) failing.add(name);
  expect(await keepHouse(deps, async () => done.push("reconcile"))).toBe(1);
  expect(done).toEqual(ALL);
  expect(error.mock.calls.map(([facts]) => facts.part)).toEqual(ALL.slice(1));
});

test("a failure of the reconciler itself is thrown, after the others had their turn", async () => {
  failing.add("reconcile");
  await expect(keepHouse(deps, part("reconcile"))).rejects.toThrow("reconcile");
  expect(done).toEqual(ALL);
});
