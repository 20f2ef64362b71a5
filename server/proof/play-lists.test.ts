import type { ManifestInput } from "#server/runtime/manifest";
import { showAll, zed, zedHttp, zedThing } from "#tests/support/zed";

type Thing = Partial<ManifestInput["objects"][string]>;
type Pagination = ManifestInput["pagination"];

const by = (key: string): Pagination => ({ type: "keyset", key, place: { in: "query", name: "after" } });
const sorted = (key: string, value: string | number, over: Thing = {}) =>
  zed({
    pagination: by(key),
    objects: { thing: { ...zedThing, deletes: { by: "scan" }, sample: { ...zedThing.sample, [key]: value }, ...over } },
  });
const xml = (records: string) =>
  zed({
    http: zedHttp({ protocol: { type: "xml" } }),
    pagination: { type: "page", place: { in: "query", name: "page" } },
    objects: { thing: { ...zedThing, records, deletes: { by: "scan" } } },
  });

showAll({
  "lists gone on by a number beside the id": sorted("seq", 41),
  "lists gone on by a moment beside the id": sorted("created", "2026-01-01T00:00:00Z"),
  "lists gone on by a day": sorted("day", "2026-01-01", { createdAt: "day" }),
  "lists gone on by a text beside the id": sorted("code", "A-0007"),
  "lists gone on by the time of change": sorted("at", "2026-01-01T00:00:00Z"),
  "lists below a parent, gone on by a number": zed({
    objects: {
      thing: zedThing,
      kid: {
        ...{ ...zedThing, title: "Kids", each: "thing", unique: true, list: { path: "/things/{parent}/kids" }, pagination: by("seq") },
        sample: { ...zedThing.sample, seq: 1 },
      },
    },
  }),
  "XML whose entries stand right below its root": xml("answer.*.thing"),
  "XML whose entries stand two below": xml("answer.list.*.thing"),
});
