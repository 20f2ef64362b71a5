"use client";

import { useId, useMemo } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Combobox, type ComboboxOption } from "#components/ui/combobox.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { SourceField } from "#server/lib/source-field";
import type { FieldMapping } from "#server/mapping/schema";
import { CURRENCY_DIGITS } from "#server/mapping/tables/currencies";
import type { Say } from "#server/words/say";
import { useSay } from "./language.tsx";
import { moneyStep, withMoney } from "./mapping-draft";
import { KindIcon } from "./source-kind.tsx";
import type { RowWorld } from "./use-row-world";

const FIELD = "field:";

/** The account's fields that could hold a currency, those first that are called so, and behind them all currencies. */
function optionsFor(sources: readonly SourceField[], say: Say): ComboboxOption[] {
  const names = new Intl.DisplayNames([say.locale], { type: "currency" });
  const texts = sources.filter(({ type, path }) => type === "string" && !path.includes("["));
  const isCurrency = ({ path, title }: SourceField) => /currency|währung|devise|moneda/i.test(`${path} ${title}`);
  texts.sort((a, b) => Number(isCurrency(b)) - Number(isCurrency(a)));
  return [
    ...texts.map((field) => ({
      value: `${FIELD}${field.path}`,
      text: field.title,
      content: (
        <span className="flex min-w-0 items-center gap-1.5">
          <KindIcon type={field.type} />
          <span className="truncate">{say("money.from", { field: field.title })}</span>
          {field.example ? <span className="ms-auto shrink-0 text-secondary text-xs">{field.example.slice(0, 20)}</span> : null}
        </span>
      ),
    })),
    ...[...CURRENCY_DIGITS.keys()].sort().map((code) => ({
      value: code,
      text: names.of(code) ?? code,
      content: (
        <span className="flex min-w-0 items-center gap-2">
          <span className="font-medium tabular-nums">{code}</span>
          <span className="truncate text-secondary">{names.of(code)}</span>
        </span>
      ),
    })),
  ];
}

type CurrencyProps = {
  model: ModelField;
  wanted: FieldMapping;
  template: FieldMapping | null;
  world: Pick<RowWorld, "sources" | "titles">;
  onChange: (wanted: FieldMapping) => void;
};

/** In which currency an amount is: always the same one, or as a field of the record says. */
export function MoneyCurrency({ model, wanted, template, world, onChange }: CurrencyProps) {
  const say = useSay();
  const id = useId();
  const { sources, titles } = world;
  const options = useMemo(() => optionsFor([...sources.values()], say), [sources, say]);
  const step = moneyStep(wanted);
  if (!step) return null;
  const { unit = moneyStep(template)?.unit, currency, currencyFrom } = step;
  const kept = unit === undefined ? {} : { unit };
  const choose = (value: string) =>
    onChange(
      withMoney(wanted, {
        ...{ type: "money", ...kept },
        ...(value.startsWith(FIELD) ? { currencyFrom: value.slice(FIELD.length) } : { currency: value }),
      }),
    );
  const said = currencyFrom === undefined ? currency : say("money.from", { field: titles.get(currencyFrom) ?? currencyFrom });
  return (
    <div className="flex flex-col gap-1.5">
      <Combobox
        label={say("money.currency", { field: model.name })}
        searchLabel={say("money.search")}
        value={currencyFrom === undefined ? (currency ?? null) : `${FIELD}${currencyFrom}`}
        options={options}
        invalid={said === undefined}
        onChange={choose}
        className="h-9"
      >
        {said === undefined ? <span className="text-subtle">{say("money.choose")}</span> : <span className="truncate">{said}</span>}
      </Combobox>
      <label htmlFor={id} className="flex min-h-6 items-center gap-2 text-secondary text-xs">
        <Checkbox
          id={id}
          checked={unit === "minor"}
          onCheckedChange={(on) => {
            const { unit: _before, ...rest } = step;
            onChange(withMoney(wanted, on === true ? { ...rest, unit: "minor" } : rest));
          }}
        />
        {say("money.minor")}
      </label>
    </div>
  );
}
