import { Braces, Calendar, Clock, Hash, List, type LucideIcon, ToggleLeft, Type } from "lucide-react";
import type { SourceField } from "#server/lib/source-field";

const KINDS: Record<SourceField["type"], { word: string; icon: LucideIcon }> = {
  string: { word: "Text", icon: Type },
  number: { word: "Number", icon: Hash },
  boolean: { word: "Yes or no", icon: ToggleLeft },
  date: { word: "Date", icon: Calendar },
  datetime: { word: "Date and time", icon: Clock },
  array: { word: "List", icon: List },
  object: { word: "Group", icon: Braces },
};

/** What kind of value a field of the customer's account holds, in a word. */
export const kindWord = (type: SourceField["type"]): string => KINDS[type].word;

export function KindIcon({ type }: { type: SourceField["type"] }) {
  const Icon = KINDS[type].icon;
  return <Icon aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-subtle" />;
}
