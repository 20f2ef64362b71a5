import type { Listing, Stage } from "./listing";
import type { Call, Role } from "./role";
import type { Told } from "./template";
import { plant } from "./tree";
import type { Kind, Row } from "./world";

type Answer = { tree: unknown; headers: Record<string, string> };
type Reading = NonNullable<NonNullable<Kind["spec"]["changes"]>["token"]>["from"];

const told = (ms: number): string => `tok${ms}`;

/** When the token that a request names was told, in ms; null when it names none. It may stand where pages have theirs. */
export function tokenIn(request: Told): number | null {
  const texts = [request.get("token"), request.get("page")].map((one) => /^tok(\d+)$/.exec(String(one ?? ""))?.[1]);
  const found = texts.find((one) => one !== undefined);
  return found === undefined ? null : Number(found);
}

/** The page that a request names by what stands where tokens do. */
export const pageIn = (request: Told, at: string | null): string | null => {
  const named = [at, request.get("token")].find((one) => one !== null && one !== undefined && !/^tok\d+$/.test(String(one)));
  return named === undefined ? null : String(named);
};

export const newSince = (rows: readonly Row[], ms: number): Row[] => rows.filter((row) => row.updatedMs > ms);

function put(answer: Answer, where: Reading, text: string): void {
  if (typeof where === "string") answer.tree = plant(answer.tree, where, text);
  else answer.headers[where.header] = text;
}

type Page = { stage: Stage; kind: Kind; listing: Listing; call: Call; show: (row: Row) => unknown };

/** Puts the token of what will be new into the last page of a pass: a text, or an address that leads to it. */
export function tellToken(answer: Answer, { stage, kind, listing, call, show }: Page): void {
  const { token, request } = kind.spec.changes ?? {};
  if (!token || (token.request && listing.changes === null)) return;
  const { nowMs } = stage.world;
  const pagination = listing.changes ? listing.pagination : (kind.spec.changes?.pagination ?? listing.pagination);
  const hole = JSON.stringify(request ?? kind.spec.list).includes("{token}");
  if (pagination.type !== "link" || token.place || hole) {
    put(answer, token.from, told(nowMs));
    return;
  }
  const url = new URL(call.url);
  url.search = `?new=${told(nowMs)}`;
  const marked = kind.spec.deletes?.by === "mark";
  const rows = () =>
    newSince(
      kind.rows.filter((row) => marked || row.deletedMs === null),
      nowMs,
    ).map(show);
  stage.issued.set(url.pathname + url.search, {
    get rows() {
      return rows();
    },
    offset: 0,
    role: `${kind.key}.changes`,
  });
  put(answer, token.from, url.href);
}

/** What tells a token before anything is read, where listings do not. */
export function tokenRoles(stage: Stage, kind: Kind, protocol: Role["protocol"]): Role[] {
  const token = kind.spec.changes?.token;
  if (!token?.request) return [];
  const answer = () => {
    const said: Answer = { tree: {}, headers: {} };
    put(said, token.from, told(stage.world.nowMs));
    return said;
  };
  return [{ name: `${kind.key}.token`, request: token.request, protocol, spots: [], own: new Set<string>(), answer }];
}
