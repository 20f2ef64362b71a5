"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";
import type { CSSProperties } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { contrast, isHex } from "#components/ui/contrast";
import { StateBadge } from "#components/ui/state-badge.tsx";
import type { Branding } from "#server/db/schema/identity";

export type Look = Required<Omit<Branding, "words">>;

/** Surfaces the accent lies on as a button; a control needs 3 to 1 against what is around it. */
const SURFACES = { light: "#ffffff", dark: "#161719" };

function warnings(look: Look): string[] {
  if (!isHex(look.accent)) return [];
  const themes = look.appearance === "auto" ? (["light", "dark"] as const) : [look.appearance];
  return themes
    .filter((theme) => contrast(look.accent, SURFACES[theme]) < 3)
    .map((theme) => {
      const ratio = contrast(look.accent, SURFACES[theme]).toFixed(1);
      return `On ${theme} surfaces a button in this colour stands out at ${ratio} to 1 only; 3 to 1 is the least people can see well.`;
    });
}

function SampleCard({ letter, name, line, badge }: { letter: string; name: string; line: string; badge: "connected" | "soon" | null }) {
  return (
    <div className="flex items-center gap-3 rounded-lg border border-hairline bg-surface p-3.5">
      <span className="flex size-9 shrink-0 items-center justify-center rounded-md bg-accent-soft font-semibold text-accent-text">
        {letter}
      </span>
      <span className="min-w-0 flex-1">
        <span className="block font-medium text-sm">{name}</span>
        <span className="block truncate text-secondary text-xs">{line}</span>
      </span>
      {badge === "connected" ? <StateBadge state="active" className="text-xs" /> : null}
      {badge === "soon" ? <Badge>Coming soon</Badge> : null}
      {badge === null ? (
        <span className="inline-flex h-8 items-center rounded-md bg-accent px-3 font-medium text-on-accent text-sm">Connect</span>
      ) : null}
    </div>
  );
}

/** The marketplace in miniature, drawn from the same tokens; nothing in it can be pressed. */
export function BrandingPreview({ look }: { look: Look }) {
  const faults = warnings(look);
  const style = {
    "--accent": isHex(look.accent) ? look.accent : "#2a4fc9",
    "--radius": `${look.radius}px`,
    fontFamily: look.font ? `${JSON.stringify(look.font)}, system-ui, sans-serif` : "system-ui, sans-serif",
  } as CSSProperties;
  return (
    <div className="flex flex-col gap-3 lg:sticky lg:top-8">
      <section
        aria-label="Preview"
        data-theme={look.appearance}
        style={style}
        className="rounded-[12px] border border-hairline bg-background p-5 text-foreground"
        inert
      >
        <div className="mb-4 flex items-center gap-2.5">
          {/^https:\/\//.test(look.logoUrl) ? (
            // biome-ignore lint/performance/noImgElement: any address the vendor gives
            <img src={look.logoUrl} alt="" className="h-6 w-auto" />
          ) : null}
          <h2 className="font-semibold text-lg">{look.marketplaceTitle || "Integrations"}</h2>
        </div>
        <div className="flex flex-col gap-2.5">
          <SampleCard letter="H" name="HubSpot" line="Contacts flow in and stay up to date." badge="connected" />
          <SampleCard letter="S" name="Sandbox CRM" line="Another CRM, by API key." badge={null} />
          <SampleCard letter="Q" name="QuickBooks" line="Invoices and payments." badge="soon" />
        </div>
        <p className="mt-4 text-secondary text-sm">
          Missing something? <span className="font-medium text-accent-text underline underline-offset-2">Request an integration</span>
        </p>
        <div className="mt-4 flex gap-2">
          <Button variant="primary" size="lg" tabIndex={-1}>
            Continue
          </Button>
          <Button size="lg" tabIndex={-1}>
            Cancel
          </Button>
        </div>
      </section>
      <div role="status" className="flex flex-col gap-2 text-sm">
        {faults.length === 0 ? (
          <p className="flex items-start gap-2 text-secondary">
            <CircleCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 stroke-[1.75] text-success-text" />
            Contrast is fine. Where the accent is text, its lightness is adjusted so that it can be read.
          </p>
        ) : (
          faults.map((fault) => (
            <p key={fault} className="flex items-start gap-2 text-warning-text">
              <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 stroke-[1.75]" />
              {fault}
            </p>
          ))
        )}
      </div>
    </div>
  );
}
