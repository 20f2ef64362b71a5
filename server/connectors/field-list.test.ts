import { expect, test } from "vitest";
import { fieldList } from "./field-list";

test("fields, their sample and what may be written are read from one text", () => {
  expect(
    fieldList(`
      id Record ID = 151 | seen:boolean Seen = true
      properties.amount:number! Amount = "12.50"
      properties.name+ Name | state^ State
    `),
  ).toEqual({
    fields: [
      { path: "id", type: "string", title: "Record ID" },
      { path: "seen", type: "boolean", title: "Seen" },
      { path: "properties.amount", type: "number", title: "Amount" },
      { path: "properties.name", type: "string", title: "Name" },
      { path: "state", type: "string", title: "State" },
    ],
    sample: { id: "151", seen: true, properties: { amount: "12.50" } },
    writable: [
      { path: "properties.amount", type: "number", title: "Amount", required: true, createOnly: false, updateOnly: false },
      { path: "properties.name", type: "string", title: "Name", required: false, createOnly: true, updateOnly: false },
      { path: "state", type: "string", title: "State", required: false, createOnly: false, updateOnly: true },
    ],
  });
});
test.each(["id", "id:text Id", "id:number Id = x"])("%j is no field", (line) => expect(() => fieldList(line)).toThrow());
