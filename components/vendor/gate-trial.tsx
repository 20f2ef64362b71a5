"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { count } from "#components/ui/format";
import { useSettled } from "#components/ui/use-settled";

const traitsText = (traits: Record<string, unknown>) =>
  Object.entries(traits)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(", ") : String(value)}`)
    .join(" · ") || "nothing was said of it";

/** Whom the gate would let in, as it is typed. */
export function GateTrialView({ gate }: { gate: string }) {
  const trpc = useVendor();
  const asked = useSettled(gate.trim());
  const trial = useQuery(
    trpc.integrations.tryGate.queryOptions({ gate: asked }, { enabled: asked !== "", retry: false, placeholderData: keepPreviousData }),
  );
  if (asked === "") return null;
  if (trial.isError) {
    const fault = faultOf(trial.error);
    return <p className="text-danger-text text-sm">{fault.fields?.["gate"]?.[0] ?? fault.detail ?? fault.text}</p>;
  }
  if (!trial.data) return <p className="text-secondary text-sm">Looking at your customers…</p>;
  const { passing, tried, more, customers } = trial.data;
  if (tried === 0) return <p className="text-secondary text-sm">There are no customers yet to try it on.</p>;
  return (
    <section aria-label="Whom it lets in" className="rounded-lg border border-hairline">
      <p className="border-hairline border-b px-3 py-2 text-sm" aria-live="polite">
        Lets in {passing.toLocaleString("en")} of {more ? "the newest " : ""}
        {count(tried, "customer")}.
      </p>
      <ul className="divide-y divide-hairline">
        {customers.map(({ id, name, traits, passes }) => (
          <li key={id} className="flex items-center gap-3 px-3 py-1.5 text-sm">
            <span className="min-w-0 flex-1">
              <span className="block truncate">{name}</span>
              <span className="block truncate text-secondary text-xs">{traitsText(traits)}</span>
            </span>
            <Badge tone={passes ? "success" : "neutral"}>{passes ? "May connect" : "Kept out"}</Badge>
          </li>
        ))}
      </ul>
    </section>
  );
}
