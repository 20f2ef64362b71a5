"use client";

import { Ban, Braces, Calculator, Quote, TextCursorInput } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { cn } from "#components/cn";
import { Combobox, type ComboboxOption } from "#components/ui/combobox.tsx";
import { FieldError } from "#components/ui/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { TypeIcon } from "#components/vendor/field-type.tsx";
import { parseScalar, type Source, sourceOf, withSource } from "#components/vendor/mapping/field-draft";
import type { ModelField } from "#server/domains/models/schema";
import { pathParts } from "#server/mapping/paths";
import type { FieldMapping } from "#server/mapping/schema";
import type { MappingEditorView } from "#server/trpc/views";

export type SourceField = MappingEditorView["sourceFields"][number];

/** A value of the field, or why there is none to show. */
export const exampleWords = ({ example, unread }: SourceField): string => example ?? (unread ? "not read yet" : "no example");

/** The source's fields as options, made once for all rows. */
export const sourceOptions = (fields: readonly SourceField[]): ComboboxOption[] =>
  fields.map((field) => ({
    value: field.path,
    text: field.title ?? "",
    content: (
      <span className="flex items-center gap-2">
        <TypeIcon type={field.type} />
        <span className="min-w-0 flex-1 leading-4">
          <span className="block truncate">
            {field.title ?? field.path}
            {field.title ? <code className="ms-2 text-subtle">{field.path}</code> : null}
          </span>
        </span>
        <span className="max-w-36 truncate text-end text-secondary text-xs">
          {field.example ?? <span className="text-subtle">{exampleWords(field)}</span>}
        </span>
      </span>
    ),
  }));

type SourcePickerProps = {
  model: ModelField;
  field: FieldMapping | undefined;
  options: readonly ComboboxOption[];
  sourceFields: readonly SourceField[];
  onChange: (field: FieldMapping | undefined) => void;
  /** A field of the source was chosen: an empty field takes what makes it fit with it. */
  onTake: (path: string) => void;
  invalid: boolean;
  /** What is wrong with the source whatever the record, with the remedy. */
  issue: string | null;
  disabled: boolean;
};

function Other({ icon, onClick, children }: { icon: ReactNode; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="flex h-8 w-full items-center gap-2 rounded-sm px-2 text-start text-sm hover:bg-pressed [&_svg]:size-3.5 [&_svg]:stroke-[1.75] [&_svg]:text-subtle"
    >
      {icon}
      {children}
    </button>
  );
}

function Closed({ field, sourceFields }: { field: FieldMapping | undefined; sourceFields: readonly SourceField[] }) {
  if (!field) return <span className="text-subtle">Left empty</span>;
  const source = sourceOf(field);
  if (source.kind === "template") return <span>Text with fields</span>;
  if (source.kind === "expression") return <span>Computed</span>;
  if (source.kind === "constant") return <span>Always the same value</span>;
  const known = sourceFields.find(({ path }) => path === source.path);
  return (
    <>
      <TypeIcon type={known?.type ?? "string"} />
      <span className="truncate">{known?.title ?? source.path}</span>
    </>
  );
}

/** Where one field of the model comes from: a field of the source, a text with fields in it, something computed, or a constant. */
export function SourcePicker({ model, field, options, sourceFields, onChange, onTake, invalid, issue, disabled }: SourcePickerProps) {
  const issueId = useId();
  const [typing, setTyping] = useState(false);
  const source = field ? sourceOf(field) : null;
  const isOther = source?.kind === "from" && !sourceFields.some(({ path }) => path === source.path);
  const use = (next: Source | null) => onChange(next === null ? undefined : withSource(model.key, next, field));
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <Combobox
        label={`Source of ${model.name}`}
        searchLabel="Search the source's fields"
        value={source?.kind === "from" ? source.path : null}
        options={options}
        onChange={(path) => {
          setTyping(false);
          onTake(path);
        }}
        invalid={invalid}
        disabled={disabled}
        footer={(close) => {
          const choose = (next: Source | null) => () => {
            setTyping(false);
            use(next);
            close();
          };
          return (
            <>
              <Other icon={<TextCursorInput aria-hidden="true" />} onClick={choose(startTemplate(field))}>
                A text with fields in it
              </Other>
              <Other
                icon={<Braces aria-hidden="true" />}
                onClick={() => {
                  setTyping(true);
                  close();
                }}
              >
                Another path…
              </Other>
              <Other icon={<Calculator aria-hidden="true" />} onClick={choose({ kind: "expression", text: startExpression(field) })}>
                A computed value
              </Other>
              <Other icon={<Quote aria-hidden="true" />} onClick={choose({ kind: "constant", value: "" })}>
                Always the same value
              </Other>
              <Other icon={<Ban aria-hidden="true" />} onClick={choose(null)}>
                Leave it empty
              </Other>
            </>
          );
        }}
      >
        <Closed field={field} sourceFields={sourceFields} />
      </Combobox>
      {typing || isOther ? (
        <PathInput
          model={model}
          path={source?.kind === "from" ? source.path : ""}
          autoFocus={typing}
          disabled={disabled}
          onChange={(path) => onChange(withSource(model.key, { kind: "from", path }, field))}
        />
      ) : null}
      {source?.kind === "template" ? (
        <TemplateInput
          model={model}
          text={source.text}
          issueId={issue ? issueId : null}
          disabled={disabled}
          onChange={(text) => use({ kind: "template", text })}
        />
      ) : null}
      {source?.kind === "expression" ? (
        <ExpressionInput
          model={model}
          text={source.text}
          issueId={issue ? issueId : null}
          disabled={disabled}
          onChange={(text) => use({ kind: "expression", text })}
        />
      ) : null}
      {source?.kind === "constant" ? (
        <ScalarInput
          label={`Value of ${model.name}`}
          type={model.type}
          value={source.value}
          disabled={disabled}
          onChange={(value) => use({ kind: "constant", value })}
        />
      ) : null}
      {issue ? <FieldError id={issueId}>{issue}</FieldError> : null}
    </div>
  );
}

const startTemplate = (field: FieldMapping | undefined) => ({ kind: "template" as const, text: field?.from ? `{${field.from}}` : "" });

const startExpression = (field: FieldMapping | undefined) => field?.expression ?? field?.from ?? "";

/** Why a text is no path; null when it is one. */
function pathFault(text: string): string | null {
  try {
    pathParts(text.trim());
    return null;
  } catch (error) {
    return error instanceof RangeError ? `${error.message}.` : "This is not a path.";
  }
}

type PathInputProps = { model: ModelField; path: string; autoFocus: boolean; disabled: boolean; onChange: (path: string) => void };

/** A path written by hand, for what no list offers: one entry of a list, a field that few records have. It is taken once it is one. */
function PathInput({ model, path, autoFocus, disabled, onChange }: PathInputProps) {
  const id = useId();
  const [text, setText] = useState(path);
  const fault = text.trim() === "" ? null : pathFault(text);
  return (
    <>
      <Input
        aria-label={`Path for ${model.name}`}
        aria-invalid={fault ? true : undefined}
        aria-describedby={id}
        autoFocus={autoFocus}
        value={text}
        disabled={disabled}
        maxLength={500}
        onChange={({ target }) => {
          setText(target.value);
          if (target.value.trim() !== "" && pathFault(target.value) === null) onChange(target.value.trim());
        }}
        placeholder="lines[0].sku"
        className="font-mono text-[12.5px]"
        spellCheck={false}
      />
      {fault ? (
        <FieldError id={id}>{fault}</FieldError>
      ) : (
        <p id={id} className="text-secondary text-xs">
          Names joined by dots; of a list <code>[0]</code> the first, <code>[-1]</code> the last, <code>[]</code> each entry.
        </p>
      )}
    </>
  );
}

type ExpressionInputProps = {
  model: ModelField;
  text: string;
  issueId: string | null;
  disabled: boolean;
  onChange: (text: string) => void;
};

function TemplateInput({ model, text, issueId, disabled, onChange }: ExpressionInputProps) {
  return (
    <Input
      aria-label={`Text for ${model.name}`}
      aria-invalid={issueId ? true : undefined}
      aria-describedby={issueId ?? undefined}
      value={text}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value)}
      placeholder="{properties.firstname} {properties.lastname}"
      className="font-mono text-[12.5px]"
      spellCheck={false}
    />
  );
}

function ExpressionInput({ model, text, issueId, disabled, onChange }: ExpressionInputProps) {
  const hintId = useId();
  return (
    <>
      <Textarea
        aria-label={`Expression for ${model.name}`}
        aria-invalid={issueId ? true : undefined}
        aria-describedby={issueId ? `${issueId} ${hintId}` : hintId}
        value={text}
        rows={Math.min(6, Math.max(2, text.split("\n").length))}
        maxLength={2_000}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
        placeholder={'properties.amount * 100 or name == "" ? "unknown" : name'}
        className="min-h-0 resize-y font-mono text-[12.5px]"
        spellCheck={false}
      />
      <p id={hintId} className="text-secondary text-xs">
        CEL over the record: names of fields, <code>+ - * /</code>, <code>a ? b : c</code>, <code>join(list, ", ")</code>,{" "}
        <code>round(n, 2)</code>.
      </p>
    </>
  );
}

type Scalar = string | number | boolean | null;

/** A value of the model's type, typed by hand. */
export function ScalarInput({
  label,
  type,
  value,
  onChange,
  disabled,
  className,
  ...rest
}: {
  label?: string;
  type: ModelField["type"];
  value: Scalar;
  onChange: (value: Scalar) => void;
  disabled: boolean;
  className?: string;
}) {
  if (type === "boolean") {
    return (
      <Select
        {...(label ? { "aria-label": label } : {})}
        value={value === null || value === "" ? "none" : String(value)}
        disabled={disabled}
        onChange={(next) => onChange(next === "none" ? null : next === "true")}
        options={[
          { value: "none", label: "None" },
          { value: "true", label: "Yes" },
          { value: "false", label: "No" },
        ]}
        {...(className ? { className } : {})}
        {...rest}
      />
    );
  }
  return (
    <Input
      {...(label ? { "aria-label": label } : {})}
      value={value === null ? "" : String(value)}
      disabled={disabled}
      onChange={(event) => onChange(parseScalar(event.target.value, type))}
      className={cn(className)}
      {...rest}
    />
  );
}
