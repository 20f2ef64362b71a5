"use client";

import { useMemo, useState } from "react";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { useRowsInSight } from "#components/ui/use-rows-in-sight";
import { AdaptedField } from "#components/vendor/adaptation/adapted-field.tsx";
import { type Adapted, type Adapting, ownFields } from "#components/vendor/adaptation/use-adaptations";
import { sourceOptions } from "#components/vendor/mapping/source-picker.tsx";
import type { AdaptField } from "#server/domains/overrides/schema";

type Show = "all" | "own" | "theirs";

type FieldsProps = { stream: Adapted; titles: ReadonlyMap<string, string>; customerName: string; adapting: Adapting };

const SHOWN: Record<Show, (field: AdaptField) => boolean> = {
  all: () => true,
  own: ({ state }) => state === "own" || state === "left_out",
  theirs: ({ choice }) => choice.customer !== "fixed" && choice.customer !== "hidden",
};

/** The mapping in force, field by field, with who decided each: of very many fields, those in sight are drawn. */
export function AdaptedFields({ stream, titles, customerName, adapting }: FieldsProps) {
  const [show, setShow] = useState<Show>("all");
  const [search, setSearch] = useState("");
  const options = useMemo(
    () => sourceOptions(stream.sourceFields.map((field) => ({ ...field, example: field.example ?? null }))),
    [stream],
  );
  const models = useMemo(() => new Map(stream.model.fields.map((field) => [field.key, field])), [stream]);
  const wanted = search.trim().toLowerCase();
  const fields = stream.fields.flatMap((field) => {
    const model = models.get(field.target);
    return model && SHOWN[show](field) && `${model.name} ${model.key}`.toLowerCase().includes(wanted) ? [{ field, model }] : [];
  });
  const { list, pieces, isPart } = useRowsInSight<HTMLUListElement>(fields.length, 44);
  const own = ownFields(stream).length;
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-2 border-hairline border-b px-4 py-3 sm:px-5">
        <Input
          type="search"
          aria-label="Search fields"
          placeholder="Search fields"
          className="max-w-60"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <Select
          aria-label="Which fields"
          className="w-auto"
          value={show}
          options={[
            { value: "all", label: `All ${stream.fields.length} fields` },
            { value: "own", label: `Their own (${own})` },
            { value: "theirs", label: "What they may choose" },
          ]}
          onChange={setShow}
        />
      </div>
      {fields.length === 0 ? (
        <EmptyState title={show === "own" && wanted === "" ? "Everything is as the template has it" : "No field fits"}>
          {show === "own" && wanted === ""
            ? `${customerName} has changed nothing of this stream.`
            : "Search for something else, or show all fields."}
        </EmptyState>
      ) : (
        <ul ref={list} aria-label={`Fields of ${stream.label}`} className="divide-y divide-hairline">
          {pieces.map((piece) => {
            if (typeof piece !== "number")
              return <li key={`gap ${piece.after}`} data-gap aria-hidden="true" style={{ height: piece.gap }} />;
            const row = fields[piece];
            return row ? (
              <AdaptedField
                key={row.field.target}
                {...{ stream, titles, options, customerName, adapting }}
                field={row.field}
                model={row.model}
                place={isPart ? { at: piece, of: fields.length } : null}
              />
            ) : null;
          })}
        </ul>
      )}
    </Card>
  );
}
