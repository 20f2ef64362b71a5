import { fineTree } from "./faults";
import type { Stage } from "./listing";
import type { Role, Said, Spot } from "./role";
import { plant } from "./tree";

/** How often each action was really done, and what calls were asked for. */
export type Done = { actions: Record<string, number>; subscriptions: Map<string, string> };

const textOf = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
const alike = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b);

/** What is done on request: the answers are the manifest's own samples. */
export function actionRoles({ manifest }: Stage, done: Done): Role[] {
  return Object.entries(manifest.actions).map(([key, action]) => {
    const answers = new Map<string, Said>();
    const spots: Spot[] = action.once?.by === "key" ? [{ ...action.once.place, as: "once", required: true }] : [];
    return {
      name: `actions.${key}`,
      request: action.request,
      protocol: action.request.protocol ?? manifest.http.protocol,
      spots,
      own: new Set([...action.input.map((field) => field.key), "once"]),
      // Two may be sent alike; then it is the one whose sample was given.
      mine: (told) => Object.entries(action.sample.input).every(([name, value]) => !told.has(name) || alike(told.get(name), value)),
      answer: (told) => {
        const once = String(told.get("once") ?? "");
        const known = answers.get(once);
        if (once !== "" && known) return known;
        done.actions[key] = (done.actions[key] ?? 0) + 1;
        const said: Said = { tree: action.sample.answer };
        answers.set(once, said);
        return said;
      },
    };
  });
}

/** Being asked to call. */
export function subscriptionRoles({ manifest, fresh }: Stage, done: Done): Role[] {
  const subscription = manifest.webhooks?.subscription;
  if (!subscription) return [];
  const bare = { protocol: manifest.http.protocol, spots: [], own: new Set(["id", "url", "secret", "topic"]) };
  const protocolOf = (call: { protocol?: Role["protocol"] | undefined }) => call.protocol ?? manifest.http.protocol;
  const known = (id: unknown, tree: unknown): Said => (done.subscriptions.has(String(id)) ? { tree } : { status: 404, tree: {} });
  const roles: Role[] = [
    {
      ...bare,
      name: "subscription.create",
      protocol: protocolOf(subscription.create),
      request: subscription.create,
      answer: (told) => {
        const id = `sub-${fresh()}`;
        done.subscriptions.set(id, String(told.get("topic") ?? ""));
        const tree =
          subscription.secret === undefined ? fineTree(manifest) : plant(fineTree(manifest), subscription.secret, `secret-of-${id}`);
        return { tree: plant(tree, subscription.id, id) };
      },
    },
  ];
  const { renew, remove } = subscription;
  if (renew)
    roles.push({
      ...bare,
      name: "subscription.renew",
      protocol: protocolOf(renew),
      request: renew,
      answer: (told) => known(told.get("id"), fineTree(manifest)),
    });
  if (remove)
    roles.push({
      ...bare,
      name: "subscription.remove",
      protocol: protocolOf(remove),
      request: remove,
      answer: (told) => {
        const said = known(told.get("id"), fineTree(manifest));
        done.subscriptions.delete(String(told.get("id")));
        return said;
      },
    });
  return roles;
}
