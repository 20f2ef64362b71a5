import { ArrowLeft, ArrowLeftRight, ArrowRight } from "lucide-react";
import type { Direction } from "#server/domains/templates/schema";

const ARROWS = {
  pull: { icon: ArrowRight, says: "into" },
  push: { icon: ArrowLeft, says: "filled from" },
  two_way: { icon: ArrowLeftRight, says: "both ways with" },
} as const satisfies Record<Direction, unknown>;

/** Stands between an object of the third party (before it) and a model (after it). */
export function StreamArrow({ direction }: { direction: Direction }) {
  const { icon: Icon, says } = ARROWS[direction];
  return <Icon aria-label={says} className="size-3.5 shrink-0 stroke-[1.75] text-subtle rtl:-scale-x-100" />;
}
