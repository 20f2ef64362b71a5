import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { FIELD_TYPE_WORDS, TypeIcon } from "#components/vendor/field-type.tsx";
import { modelState } from "#components/vendor/templates/ready-words";
import type { ReadyPreview } from "#server/domains/templates/preview-ready-template";

type Model = ReadyPreview["models"][number];
const FEW = 8;

function Fields({ model: { added, values } }: { model: Model }) {
  const [all, setAll] = useState(false);
  const shown = all ? added : added.slice(0, FEW);
  return (
    <ul className="mt-2 flex flex-wrap gap-1.5">
      {shown.map(({ key, name, type, required }) => (
        <li
          key={key}
          title={`${key}: ${FIELD_TYPE_WORDS[type]}`}
          className="inline-flex h-6 items-center gap-1.5 rounded-sm border border-hairline px-1.5 text-xs"
        >
          <TypeIcon type={type} />
          <span className="sr-only">{FIELD_TYPE_WORDS[type]}: </span>
          {name}
          {required ? <span className="text-subtle">required</span> : null}
        </li>
      ))}
      {added.length > FEW ? (
        <li>
          <button
            type="button"
            onClick={() => setAll(!all)}
            aria-expanded={all}
            className="h-6 rounded-sm px-1.5 font-medium text-accent-text text-xs hover:underline"
          >
            {all ? "Fewer" : `${added.length - FEW} more`}
          </button>
        </li>
      ) : null}
      {values.map(({ field, added: more }) => (
        <li key={field} className="inline-flex h-6 items-center gap-1.5 rounded-sm border border-hairline px-1.5 text-xs">
          <code>{field}</code> also takes {more.join(", ")}
        </li>
      ))}
    </ul>
  );
}

/** Another model in place of one that is in the way. */
function Elsewhere({ model, onTarget }: { model: Model; onTarget: (target: string) => void }) {
  const [target, setTarget] = useState(model.target === model.key ? `${model.key}_2` : model.target);
  return (
    <form
      className="mt-3 flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onTarget(target.trim());
      }}
    >
      <Field label="Fill another model" hint="A key of a model you have, or of a new one.">
        <Input value={target} maxLength={60} className="font-mono sm:w-56" onChange={(event) => setTarget(event.target.value)} />
      </Field>
      <Button type="submit" disabled={target.trim() === "" || target.trim() === model.target} className="mb-[22px]">
        Use it
      </Button>
    </form>
  );
}

function ModelLine({ model, onTarget }: { model: Model; onTarget: (target: string) => void }) {
  const { tone, word, text } = modelState(model);
  return (
    <li className="px-4 py-3.5 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <h3 className="font-medium text-sm">{model.name}</h3>
        <code className="text-secondary text-xs">{model.target}</code>
        <Badge tone={tone}>{word}</Badge>
        {model.target !== model.key ? (
          <button type="button" onClick={() => onTarget(model.key)} className="text-accent-text text-xs hover:underline">
            Back to {model.key}
          </button>
        ) : null}
      </div>
      <p className="mt-0.5 text-secondary text-xs">{text}</p>
      {model.state === "clashes" ? (
        <>
          <ul className="mt-2 space-y-1 text-danger-text text-sm">
            {model.clashes.map(({ field, message }) => (
              <li key={field}>
                <code>{field}</code> {message}
              </li>
            ))}
          </ul>
          <Elsewhere key={model.target} model={model} onTarget={onTarget} />
        </>
      ) : (
        <Fields model={model} />
      )}
      {model.open.length > 0 ? (
        <p className="mt-2 text-sm text-warning-text">
          Your model requires {model.open.join(", ")}, which this does not fill. Map it in the studio before you put the template on offer;
          until then records are held back.
        </p>
      ) : null}
    </li>
  );
}

/** What becomes of each model. */
export function ReadyModels({ models, onTarget }: { models: readonly Model[]; onTarget: (key: string, target: string) => void }) {
  return (
    <Card>
      <CardHeader title="Models" description="What you have stays as it is; only what is listed is made or added." />
      <ul className="divide-y divide-hairline">
        {models.map((model) => (
          <ModelLine key={model.key} model={model} onTarget={(target) => onTarget(model.key, target)} />
        ))}
      </ul>
    </Card>
  );
}
