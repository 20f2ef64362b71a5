import { describe, expect, test } from "vitest";
import { getManifest } from "#server/connectors/index";
import type { FieldMapping } from "#server/mapping/schema";
import { checkDirection, directionsOf } from "./check-direction";

const crm = getManifest("sandbox-crm");
const from = (target: string, path: string): FieldMapping => ({ target, from: path, transforms: [], required: false, onError: "null" });
const email = from("email", "properties.email");
const stream = { object: "contact", direction: "push" as const };

const issueOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { details: { issues: { path: string; message: string }[] } }).details.issues[0];
  }
  return null;
};

describe("a stream that writes", () => {
  test("is offered where the connector can create and change records", () => {
    expect(directionsOf(crm, "contact")).toEqual(["pull", "push", "two_way"]);
    expect(directionsOf(getManifest("hubspot"), "owner")).toEqual(["pull"]);
    expect(issueOf(() => checkDirection(getManifest("hubspot"), { object: "owner", direction: "push" }, [email]))).toMatchObject({
      path: "direction",
    });
  });

  test("says which fields are read only, and why", () => {
    const fields = [
      email,
      from("score", "properties.score"),
      { ...from("name", "x"), from: undefined, template: "{a} {b}" } as unknown as FieldMapping,
    ];
    const { back, readOnly } = checkDirection(crm, stream, fields);
    expect(back.map(({ key }) => key)).toEqual(["email"]);
    expect(readOnly.map(({ target }) => target).sort()).toEqual(["name", "score"]);
  });

  test.each([
    ["nothing goes back", {}, [from("score", "properties.score")], "fields"],
    ["a new record needs a field that nothing fills", {}, [from("firstName", "properties.firstname")], "fields"],
    ["a match by a field that is not written", { match: "score" }, [email, from("score", "properties.score")], "match"],
    ["a push that cannot search for its match", { match: "email" }, [email], "match"],
    [
      "an owner of a field that is not mapped",
      { owners: { default: "ours" as const, fields: { phone: "theirs" as const } } },
      [email],
      "owners",
    ],
  ])("is refused in words: %s", (_name, more, fields, path) => {
    expect(issueOf(() => checkDirection(crm, { ...stream, ...more }, fields))).toMatchObject({
      path,
      message: expect.stringMatching(/\.$/),
    });
  });

  test("both ways asks for what a push does, and its match needs no search there; a pull asks for none of it", () => {
    expect(issueOf(() => checkDirection(crm, { ...stream, direction: "two_way", match: "email" }, [email]))).toBeNull();
    expect(issueOf(() => checkDirection(crm, { ...stream, direction: "two_way", match: "phone" }, [email]))).toMatchObject({
      path: "match",
    });
    expect(issueOf(() => checkDirection(crm, { object: "contact" }, [from("score", "properties.score")]))).toBeNull();
  });
});
