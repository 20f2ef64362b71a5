"use client";

import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { CardBody } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { LANGUAGE_OPTIONS } from "#components/vendor/branding-preview.tsx";
import type { MessageText } from "#server/domains/branding/list-texts";
import { directionOf, type Language } from "#server/words/languages";
import type { Look } from "./branding-look";

const SHOWN = 40;

type LineProps = {
  message: MessageText;
  language: Language;
  own: string | undefined;
  error: string | null;
  disabled: boolean;
  onChange: (text: string) => void;
};

function Line({ message: { key, text, values }, language, own, error, disabled, onChange }: LineProps) {
  return (
    <li className="py-3">
      <Field
        label={<code className="font-normal text-secondary">{key}</code>}
        error={error}
        hint={values.length > 0 ? `May use ${values.map((name) => `{${name}}`).join(", ")}.` : undefined}
      >
        <Input
          lang={language}
          dir={directionOf(language)}
          value={own ?? ""}
          maxLength={500}
          placeholder={text}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
    </li>
  );
}

type WordsProps = {
  words: Look["words"];
  language: Language;
  onLanguage: (language: Language) => void;
  onChange: (words: Look["words"]) => void;
  disabled: boolean;
  messageFor: (path: string) => string | null;
};

/** The own words of one language with one more, or without it. */
function withWord(words: Look["words"], language: Language, key: MessageText["key"], text: string): Look["words"] {
  const { [key]: _before, ...rest } = words[language] ?? {};
  return { ...words, [language]: text === "" ? rest : { ...rest, [key]: text } };
}

/** Any word the marketplace says, in the vendor's own; what is left empty is as it comes. What things are called stands first. */
export function WordsFields({ words, language, onLanguage, onChange, disabled, messageFor }: WordsProps) {
  const trpc = useVendor();
  const texts = useQuery(trpc.branding.texts.queryOptions({ language }, { staleTime: Number.POSITIVE_INFINITY }));
  const [search, setSearch] = useState("");
  const [onlyOwn, setOnlyOwn] = useState(false);
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const own = words[language] ?? {};
  const found = useMemo(
    () =>
      (texts.data ?? []).filter(
        ({ key, text }) => (!onlyOwn || own[key] !== undefined) && `${key} ${text} ${own[key] ?? ""}`.toLowerCase().includes(wanted),
      ),
    [texts.data, own, onlyOwn, wanted],
  );
  return (
    <CardBody>
      <div className="grid gap-4 sm:grid-cols-[1fr_160px]">
        <Field label="Search words">
          <Input type="search" value={search} onChange={(event) => setSearch(event.target.value)} placeholder="Word, or key" />
        </Field>
        <Field label="Language">
          <Select value={language} onChange={onLanguage} options={LANGUAGE_OPTIONS} />
        </Field>
      </div>
      <label htmlFor="own-words" className="mt-3 flex items-center gap-2 text-sm">
        <Checkbox id="own-words" checked={onlyOwn} onCheckedChange={(on) => setOnlyOwn(on === true)} />
        Only your own words ({Object.keys(own).length})
      </label>
      <p className="mt-3 text-secondary text-sm">
        The first four are what you call things; every other sentence uses them. To see which sentence has which key in your page, open it
        with <code>{'locale: "keys"'}</code>.
      </p>
      {texts.isPending ? <Skeleton className="mt-4 h-60 w-full rounded-lg" /> : null}
      <ul className="mt-2 divide-y divide-hairline">
        {found.slice(0, SHOWN).map((message) => (
          <Line
            key={message.key}
            message={message}
            language={language}
            own={own[message.key]}
            error={messageFor(`words.${language}.${message.key}`)}
            disabled={disabled}
            onChange={(text) => onChange(withWord(words, language, message.key, text))}
          />
        ))}
      </ul>
      {texts.data && found.length === 0 ? <p className="py-4 text-secondary text-sm">No words fit.</p> : null}
      {found.length > SHOWN ? <p className="pt-3 text-secondary text-sm">{found.length - SHOWN} more; search to find them.</p> : null}
    </CardBody>
  );
}
