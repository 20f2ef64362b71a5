"use client";

import { ArrowDown, ArrowUp, ChevronDown, Ellipsis, Trash2 } from "lucide-react";
import { memo, useId, useRef, useState } from "react";
import { cn } from "#components/cn";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, FieldError } from "#components/ui/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { Select } from "#components/ui/select.tsx";
import { useRowsInSight } from "#components/ui/use-rows-in-sight";
import { FIELD_TYPE_WORDS } from "#components/vendor/field-type.tsx";
import { type FieldRow, keyFromName, withType } from "#components/vendor/models/field-rows";
import type { ModelField } from "#server/domains/models/schema";

const TYPES = Object.entries(FIELD_TYPE_WORDS).map(([value, label]) => ({ value: value as ModelField["type"], label }));
const COLUMNS = "sm:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)_148px_76px_68px_72px]";

export type RowActions = {
  change: (id: number, field: ModelField) => void;
  move: (id: number, by: 1 | -1) => void;
  remove: (id: number) => void;
};

type RowProps = {
  row: FieldRow;
  place: number;
  /** Of a field that exists already the key is not made from its name. */
  isNew: boolean;
  problem: string | null;
  models: readonly { key: string; name: string }[];
  disabled: boolean;
  actions: RowActions;
  /** Rows whose details are open: one out of sight is taken from the page, and comes back as it was. */
  opened: Set<number>;
  /** How many rows there are, where not all of them are on the page. */
  of: number | null;
  onHand: (id: number) => void;
};

function Toggle({
  label,
  checked,
  disabled,
  onChange,
}: {
  label: string;
  checked: boolean;
  disabled: boolean;
  onChange: (on: boolean) => void;
}) {
  const id = useId();
  return (
    <label htmlFor={id} className="flex h-8 items-center gap-2 text-sm sm:justify-center">
      <Checkbox id={id} checked={checked} disabled={disabled} onCheckedChange={(next) => onChange(next === true)} />
      <span className="sm:sr-only">{label}</span>
    </label>
  );
}

function Details({ row, models, disabled, set }: Pick<RowProps, "row" | "models" | "disabled"> & { set: (field: ModelField) => void }) {
  const { field } = row;
  const [values, setValues] = useState((field.values ?? []).join("\n"));
  const { description: _description, ...withoutDescription } = field;
  return (
    <div className="mt-3 grid gap-4 rounded-md bg-muted px-3.5 py-3 sm:grid-cols-2">
      <Field label="Description" optional hint="Said beside the field wherever it is mapped.">
        <Textarea
          value={field.description ?? ""}
          disabled={disabled}
          maxLength={500}
          onChange={({ target }) => set(target.value === "" ? withoutDescription : { ...field, description: target.value })}
        />
      </Field>
      {field.type === "enum" ? (
        <Field label="Values" hint="One a line.">
          <Textarea
            value={values}
            disabled={disabled}
            spellCheck={false}
            className="font-mono text-[12.5px]"
            onChange={({ target }) => {
              setValues(target.value);
              set({ ...field, values: [...new Set(target.value.split("\n").map((one) => one.trim()))].filter(Boolean) });
            }}
          />
        </Field>
      ) : null}
      {field.type === "reference" ? (
        <Field label="Points to">
          <Select
            value={field.references ?? ""}
            placeholder="Any model"
            disabled={disabled}
            onChange={(references) => set({ ...field, references })}
            options={models.map(({ key, name }) => ({ value: key, label: name }))}
          />
        </Field>
      ) : null}
    </div>
  );
}

const FieldLine = memo(function FieldLine({ row, place, isNew, problem, models, disabled, actions, opened, of, onHand }: RowProps) {
  const { id, field } = row;
  const [open, show] = useState(() => opened.has(id));
  const setOpen = (is: boolean) => {
    show(is);
    if (is) opened.add(id);
    else opened.delete(id);
  };
  const problemId = useId();
  const set = (next: ModelField) => actions.change(id, next);
  const called = field.name || `field ${place + 1}`;
  const rename = (name: string) =>
    set({ ...field, name, ...(isNew && field.key === keyFromName(field.name) ? { key: keyFromName(name) } : {}) });
  return (
    <li
      className="px-4 py-2.5 [contain-intrinsic-size:auto_53px] [content-visibility:auto] sm:px-5"
      data-row={id}
      {...(of === null ? {} : { "aria-posinset": place + 1, "aria-setsize": of })}
      onFocusCapture={() => onHand(id)}
    >
      <div className={cn("grid grid-cols-2 gap-x-3 gap-y-2", COLUMNS)}>
        <Input
          aria-label={`Name of field ${place + 1}`}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? problemId : undefined}
          placeholder="Order number"
          value={field.name}
          disabled={disabled}
          maxLength={100}
          onChange={({ target }) => rename(target.value)}
        />
        <Input
          aria-label={`Key of ${called}`}
          placeholder="orderNumber"
          value={field.key}
          disabled={disabled}
          maxLength={200}
          spellCheck={false}
          className="font-mono text-[12.5px]"
          onChange={({ target }) => set({ ...field, key: target.value })}
        />
        <Select
          aria-label={`Type of ${called}`}
          value={field.type}
          disabled={disabled}
          options={TYPES}
          onChange={(type) => {
            set(withType(field, type));
            if (type === "enum" || type === "reference") setOpen(true);
          }}
        />
        <Toggle label="Required" checked={field.required} disabled={disabled} onChange={(required) => set({ ...field, required })} />
        <Toggle label="Unique" checked={field.unique ?? false} disabled={disabled} onChange={(unique) => set({ ...field, unique })} />
        <div className="flex justify-end">
          <Button variant="ghost" size="icon" aria-label={`Details of ${called}`} aria-expanded={open} onClick={() => setOpen(!open)}>
            <ChevronDown aria-hidden="true" className={cn("transition-transform", open && "rotate-180")} />
          </Button>
          <Menu
            trigger={
              <Button variant="ghost" size="icon" disabled={disabled} aria-label={`More for ${called}`}>
                <Ellipsis aria-hidden="true" />
              </Button>
            }
          >
            <MenuItem onSelect={() => actions.move(id, -1)}>
              <ArrowUp aria-hidden="true" /> Move up
            </MenuItem>
            <MenuItem onSelect={() => actions.move(id, 1)}>
              <ArrowDown aria-hidden="true" /> Move down
            </MenuItem>
            <MenuSeparator />
            <MenuItem danger onSelect={() => actions.remove(id)}>
              <Trash2 aria-hidden="true" /> Remove field
            </MenuItem>
          </Menu>
        </div>
      </div>
      {problem ? (
        <div className="mt-1.5">
          <FieldError id={problemId}>{problem}</FieldError>
        </div>
      ) : null}
      {open ? <Details row={row} models={models} disabled={disabled} set={set} /> : null}
    </li>
  );
});

type TableProps = {
  rows: readonly FieldRow[];
  /** Keys that are stored already. */
  stored: ReadonlySet<string>;
  problems: ReadonlyMap<number, string>;
  models: readonly { key: string; name: string }[];
  disabled: boolean;
  actions: RowActions;
  /** The row that holds the focus: it is drawn wherever it is. */
  hand: number | null;
  onHand: (id: number) => void;
};

/** The fields of a model, each a line to edit in place. Of very many, those in sight are drawn, and the one in hand. */
export function FieldTable({ rows, stored, problems, models, disabled, actions, hand, onHand }: TableProps) {
  const opened = useRef(new Set<number>());
  const at = rows.findIndex(({ id }) => id === hand);
  const { list, pieces, isPart } = useRowsInSight<HTMLUListElement>(rows.length, 53, at);
  return (
    <>
      <div
        aria-hidden="true"
        className={cn("hidden gap-x-3 border-hairline border-b px-5 py-2 font-medium text-secondary text-xs sm:grid", COLUMNS)}
      >
        <span>Field</span>
        <span>Key</span>
        <span>Type</span>
        <span className="text-center">Required</span>
        <span className="text-center" title="Declared for readers of your API; not enforced.">
          Unique
        </span>
      </div>
      <ul ref={list} aria-label="Fields" className="divide-y divide-hairline">
        {pieces.map((piece) => {
          if (typeof piece !== "number") return <li key={`gap ${piece.after}`} data-gap aria-hidden="true" style={{ height: piece.gap }} />;
          const row = rows[piece];
          return row ? (
            <FieldLine
              key={row.id}
              row={row}
              place={piece}
              isNew={!stored.has(row.field.key)}
              problem={problems.get(row.id) ?? null}
              opened={opened.current}
              of={isPart ? rows.length : null}
              {...{ models, disabled, actions, onHand }}
            />
          ) : null;
        })}
      </ul>
    </>
  );
}
