import { Banknote, Braces, Calendar, Clock, Hash, Link2, List, ListChecks, type LucideIcon, ToggleLeft, Type } from "lucide-react";
import type { ModelField } from "#server/domains/models/schema";

type FieldType = ModelField["type"];

export const FIELD_TYPE_WORDS: Record<FieldType, string> = {
  string: "Text",
  number: "Number",
  decimal: "Exact decimal",
  boolean: "Yes or no",
  date: "Date",
  datetime: "Date and time",
  enum: "Choice",
  reference: "Reference",
  money: "Money",
  object: "Object",
  array: "List",
};

const ICONS: Record<FieldType, LucideIcon> = {
  string: Type,
  number: Hash,
  decimal: Hash,
  boolean: ToggleLeft,
  date: Calendar,
  datetime: Clock,
  enum: ListChecks,
  reference: Link2,
  money: Banknote,
  object: Braces,
  array: List,
};

const isFieldType = (type: string): type is FieldType => type in ICONS;

export function TypeIcon({ type }: { type: string }) {
  const Icon = isFieldType(type) ? ICONS[type] : Type;
  return <Icon aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-subtle" />;
}
