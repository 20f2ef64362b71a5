import { Braces, Calendar, Clock, Hash, List, type LucideIcon, ToggleLeft, Type } from "lucide-react";
import type { SourceField } from "#server/lib/source-field";

const KINDS: Record<SourceField["type"], { icon: LucideIcon }> = {
  string: { icon: Type },
  number: { icon: Hash },
  boolean: { icon: ToggleLeft },
  date: { icon: Calendar },
  datetime: { icon: Clock },
  array: { icon: List },
  object: { icon: Braces },
};

export function KindIcon({ type }: { type: SourceField["type"] }) {
  const Icon = KINDS[type].icon;
  return <Icon aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-subtle" />;
}
