import { fineTree, refusal } from "./faults";
import { bad, type Stage } from "./listing";
import type { Role, Said } from "./role";
import { joinParts } from "./row-id";
import type { Told } from "./template";
import { copy, plant } from "./tree";
import { isRpc } from "./wire";
import { alive, type Kind, type Row } from "./world";

const OWN = new Set(["id", "ids", "parent"]);

/** Ids as they stand in addresses and texts. */
export const findRow = (kind: Kind, id: unknown): Row | undefined => kind.rows.find((row) => row.id === String(id));

/** The record that a request names, whole or in parts. */
export const rowTold = (kind: Kind, told: Told): Row | undefined =>
  findRow(kind, Array.isArray(kind.spec.id) ? joinParts(kind.spec.id.map((_, n) => String(told.get(`id.${n}`)))) : told.get("id"));

/** The answer that means "there is none". */
function noneOf(stage: Stage, kind: Kind): Said {
  const { one, protocol = stage.manifest.http.protocol } = kind.spec;
  const none = (one?.none ?? [{ status: 404 }]).filter((each) => each.path !== undefined || !isRpc(protocol));
  // Who is asked by a search finds nothing, and says so with an empty list.
  const list = /^(.+)\.0$/.exec(one?.record ?? "")?.[1];
  if (none.length === 0)
    return list === undefined ? refusal(stage.manifest, "record_invalid") : { tree: plant(fineTree(stage.manifest), list, []) };
  const first = none.find((one) => one.status !== 404) ?? none[0];
  const said = refusal(stage.manifest, "record_invalid", "There is no such record.");
  const tree =
    first?.path === undefined
      ? said.tree
      : plant(first.status === 200 ? fineTree(stage.manifest) : said.tree, first.path, first.equals ?? "none");
  return { status: first?.status ?? 404, tree };
}

/** One record alone, where `at` says it stands. */
export function recordAnswer(stage: Stage, kind: Kind, row: Row | undefined, at: string): Said {
  const marked = kind.spec.deletes?.by === "mark";
  if (!row || (row.deletedMs !== null && !marked)) return noneOf(stage, kind);
  return {
    tree:
      at === "$"
        ? { ...(fineTree(stage.manifest) as object), ...(copy(row.record) as object) }
        : plant(fineTree(stage.manifest), at, copy(row.record)),
  };
}

/** The records of some ids, of which there may be fewer. */
function manyAnswer(stage: Stage, kind: Kind, { batch, record }: NonNullable<Kind["spec"]["get"]>, told: Told): Said {
  const named = told.get("ids");
  const ids = Array.isArray(named) ? named : String(named ?? "").split(batch?.join ?? ",");
  if (!batch || ids.length > batch.size) return bad(stage, `${ids.length} are asked for at once`);
  const rows = ids.map((id) => findRow(kind, id)).filter((row) => row !== undefined && row.deletedMs === null);
  const shown = rows.map((row) => (record === "$" ? copy(row?.record) : plant({}, record, copy(row?.record))));
  return { tree: plant(fineTree(stage.manifest), batch.records, shown) };
}

/** What asks for one record, for their number, and for their fields. */
export function singleRoles(stage: Stage, kind: Kind): Role[] {
  const { spec, key } = kind;
  const protocol = spec.protocol ?? stage.manifest.http.protocol;
  const bare = { protocol, spots: [], own: OWN };
  const roles: Role[] = [];
  const get = (name: string, record: string, request: Role["request"]) =>
    roles.push({
      ...bare,
      name: `${key}.${name}`,
      request,
      mine: (told) => rowTold(kind, told) !== undefined,
      answer: (told) => recordAnswer(stage, kind, rowTold(kind, told), record),
    });
  if (spec.one) get("one", spec.one.record, spec.one.request);
  for (const each of [spec.get, spec.changes?.get]) {
    if (!each?.request) continue;
    if (each.batch)
      roles.push({ ...bare, name: `${key}.get`, request: each.request, answer: (told) => manyAnswer(stage, kind, each, told) });
    else get("get", each.record, each.request);
  }
  const { count, describe } = spec;
  if (count)
    roles.push({
      ...bare,
      name: `${key}.count`,
      request: count.request,
      answer: () => {
        const number = alive(kind).length;
        return typeof count.total === "string"
          ? { tree: plant(fineTree(stage.manifest), count.total, number) }
          : { tree: fineTree(stage.manifest), headers: { [count.total.header]: String(number) } };
      },
    });
  if (describe)
    roles.push({
      ...bare,
      protocol: stage.manifest.http.protocol,
      name: `${key}.describe`,
      request: describe.request,
      answer: () => ({ tree: plant(fineTree(stage.manifest), describe.fields, describedFields(kind)) }),
    });
  return roles;
}

/** The name of the field that only this account has. */
export const OWN_FIELD = "sample_own_field";

type Describe = NonNullable<Kind["spec"]["describe"]>;

/** What marks a field as the account's own, and what marks one that is not. */
function customValue({ equals }: NonNullable<Describe["custom"]>, own: boolean): unknown {
  if (own) return equals ?? true;
  return typeof equals === "string" ? "standard" : equals === undefined ? false : !equals;
}

/** One field in the third party's words. */
function describedField(describe: Describe, { path, type, title }: { path: string; type: string; title: string }): unknown {
  const name = path.slice(describe.prefix.length);
  const own = name === OWN_FIELD;
  const word = Object.entries(describe.types).find(([, ours]) => ours === type)?.[0] ?? "text";
  const { custom, values } = describe;
  const said: [string | undefined, unknown][] = [
    [describe.name, name],
    [describe.title, title],
    [describe.type, word],
    [describe.required, false],
    [custom?.path, custom ? customValue(custom, own) : undefined],
    [own ? values?.list : undefined, ["a", "b"].map((one) => plant({}, values?.value ?? "value", one))],
  ];
  return said.reduce((field, [at, value]) => (at === undefined ? field : plant(field, at, value)), {} as unknown);
}

/** The declared fields below the prefix, and one that is the account's own, in the third party's words. */
function describedFields({ spec }: Kind): unknown[] {
  const { describe } = spec;
  if (!describe) return [];
  const listed = spec.fields.filter(({ path }) => path.startsWith(describe.prefix));
  return [...listed, { path: `${describe.prefix}${OWN_FIELD}`, type: "number", title: "Own" }].map((field) =>
    describedField(describe, field),
  );
}
