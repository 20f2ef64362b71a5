import type { Words } from "./words";

/** Words for where records are found: in rows, one by one, and below others. */
export const RECORDS: Words = {
  "objects.nested": [
    "Records stand in lists inside the rows, as lines do in orders. Pages are counted by the rows.",
    { list: "lines", with: { "order.id": "id" } },
  ],
  "nested.list": ["Where the list stands in a row.", "lines"],
  "nested.with": ["What a record is told of its row: path in the record, and path in the row.", { "order.id": "id" }],
  "nested.leavesOutEmpty": ["A row leaves the list out when there is nothing; else a row without it is an error.", true],
  "get.request": ["How one is fetched: by `{id}`, and by other fields of its row.", { path: "/{row.type}s/{id}" }],
  "get.address": [
    "Instead of a request: where a row has the address of its record, whole or below the host. It stays on that host.",
    "_links.self.href",
  ],
  "get.record": ["Where it stands in the answer; `$` = it is the answer.", "contact"],
  "get.id": ["Where a row of the list has the id, when not where the record has it; `$` = the row is the id.", "$"],
  "get.batch": ["Many are fetched at once: the request holds `{ids}`, and no `{id}`.", { size: 100, records: "data" }],
  "batch.records": ["Where the list of them stands in the answer; what is not in it is left out.", "data"],
  "batch.join": ["What stands between the ids in a text. In a body a text that is `{ids}` alone becomes a list.", ","],
  "batch.gone": ["What is named and does not come is deleted; else it is only left out.", true],
  "get.gone": [
    "Answers by which one that was just named is deleted. Left out, one that is not there is passed over, for an address that is wrong, or a right that is missing, often looks the same.",
    [{ status: 404, path: "code", equals: "deleted" }],
  ],
  "get.concurrency": ["How many are fetched at the same time.", 4],
  "objects.each": [
    "The list is asked for each record of this other object, whose id is `{parent}`. Where that one hangs on a third, `{parent_apiary}` is the id of the `apiary` above; `{parent.key}` is another field of the record. In a body an id is what it is there; `{parent|number}` makes a number of a text.",
    "hive",
  ],
  "objects.parent": ["With `each`: what there is to know of whose records they are.", { as: "hive_id" }],
  "parent.as": ["The path at which a record is to say it.", "hive_id"],
  "parent.skip": [
    "Answers by which a record says that it has no such list; 404 and 410 are known.",
    [{ status: 403, path: "code", equals: "disabled" }],
  ],
  "parent.changed": [
    "What happens in a list changes its parent: only parents that changed are asked. Needs `changes` of that object.",
    { rereadMs: 86_400_000 },
  ],
  "changed.rereadMs": ["So often all parents are asked for everything, in ms.", 86_400_000],
  "parent.inId": ["Ids are unique within one parent only.", true],
  "objects.get": ["The list tells ids only: each record is fetched.", { request: { path: "/contacts/{id}" } }],
};
