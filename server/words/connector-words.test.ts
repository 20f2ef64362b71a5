import { expect, test } from "vitest";
import { listManifests } from "#server/connectors/index";
import { fieldsIn, inWordsOf } from "./connector-words";
import texts from "./connectors.json" with { type: "json" };
import { LANGUAGES } from "./languages";

const METHODS = listManifests().flatMap(({ auth }) => Object.values(auth));
const readable = (found: (string | undefined)[]) =>
  [...new Set(found)].filter((text) => text !== undefined && /[A-Za-z]{3}/.test(text) && !/^\d{4}-/.test(text)) as string[];
const missing = (found: string[]) => found.filter((text) => !Object.hasOwn(texts, text));

/** Labels, help and choices of connect forms. */
const forms = readable(
  METHODS.flatMap(({ fields }) =>
    fields.flatMap(({ title, help, options }) => [title, help, ...(options ?? []).map((option) => option.title)]),
  ),
);
/** What a connector is for, and what permission it asks for. */
const promises = readable([
  ...listManifests().map(({ tagline }) => tagline),
  ...METHODS.flatMap((method) => ("scopes" in method ? (method.scopes ?? []).map(({ reason }) => reason) : [])),
]);

test("what shipped connectors ask in their forms is there in every language, and nearly all of what they promise", () => {
  expect(missing(forms), "add these to server/words/connectors.json").toEqual([]);
  expect(missing(promises).length / promises.length, missing(promises).join(" | ")).toBeLessThan(0.05);
  for (const [text, said] of Object.entries(texts))
    expect([text, said.length, said.every(Boolean)]).toEqual([text, LANGUAGES.length - 1, true]);
});

test("forms are asked in the reader's language; what nobody has translated stays as it is written", () => {
  const [field] = fieldsIn("de", [{ key: "shop", title: "Shop address", help: "Ask Bob.", options: [{ value: "a", title: "Sandbox" }] }]);
  expect(field).toEqual({ key: "shop", title: "Adresse des Shops", help: "Ask Bob.", options: [{ value: "a", title: "Sandbox" }] });
  expect(inWordsOf("fr", "constructor")).toBe("constructor");
  expect(inWordsOf("ja", "Contacts")).toBe("コンタクト");
  expect(inWordsOf("en", "Contacts")).toBe("Contacts");
});
