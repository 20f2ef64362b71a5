import { expect, test } from "vitest";
import { mergeVersion, type NewVersion } from "./merge-version";
import { type Overrides, settle } from "./overrides";
import { FieldMapping } from "./schema";

const field = (target: string, from: string): FieldMapping => FieldMapping.parse({ target, from });
const [email, nick, alias] = [field("email", "email"), field("nick", "nickname"), field("alias", "nickname")];
const spec = { fields: [], writes: { open: true, fields: [] } };
const own: Overrides = { nick: { field: nick, base: null } };
const version = (before: FieldMapping[], fields: FieldMapping[]): NewVersion => ({ before, fields, kept: [], spec });

test("a version that takes the place of a customer's own field is a conflict, until they settle it", () => {
  const v2 = [email, alias];
  const told = mergeVersion(version([email], v2), { overrides: own, conflicts: [] });
  expect(told).toEqual({
    overrides: own,
    conflicts: [{ target: "nick", base: null, template: null, customer: nick, takenBy: "alias" }],
    unwritten: ["nick"],
  });
  // Not decided: the next version tells it again. Kept as it is: it is not told any more. Given up: there is nothing left.
  expect(mergeVersion(version(v2, [...v2, field("city", "city")]), told).conflicts).toEqual(told.conflicts);
  const kept = settle(v2, told.overrides, { nick: "customer" });
  expect(mergeVersion(version(v2, [...v2, field("city", "city")]), { overrides: kept, conflicts: [] }).conflicts).toEqual([]);
  expect(settle(v2, told.overrides, { nick: "template" })).toEqual({});
});

test("so is one that takes the place to which they moved the template's field; both changed is told with it, once", () => {
  const moved: Overrides = { email: { field: field("email", "mail"), base: email } };
  const told = mergeVersion(version([email], [field("work", "mail"), field("email", "email2")]), { overrides: moved, conflicts: [] });
  expect(told.conflicts).toMatchObject([{ target: "email", template: { from: "email2" }, takenBy: "work" }]);
});

test("a field of the version that comes behind theirs is no conflict, and told as not written", () => {
  const moved: Overrides = { email: { field: field("email", "mail"), base: email } };
  const told = mergeVersion(version([email], [email, field("work", "mail")]), { overrides: moved, conflicts: [] });
  expect(told).toMatchObject({ conflicts: [], unwritten: ["work"] });
});

test("nothing is told where nothing is written, nor of what never had a way back", () => {
  const fullName = FieldMapping.parse({ target: "nick", template: "{first} {last}" });
  for (const [target, reads] of [[spec, fullName] as const, [null, nick] as const])
    expect(
      mergeVersion(
        { ...version([email], [email, alias]), spec: target },
        { overrides: { nick: { field: reads, base: null } }, conflicts: [] },
      ),
    ).toMatchObject({ conflicts: [], unwritten: [] });
});
