"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { PREVIEW_READY, type PreviewLook } from "#components/embed/preview-look";
import { type LookFault, lookFaults } from "#components/embed/theme";
import { Select } from "#components/ui/select.tsx";
import { parseTheme } from "#components/widget/protocol";
import { LANGUAGES, type Language } from "#server/words/languages";
import { type Look, toTheme } from "./branding-look";

/** Each language by the name it calls itself. */
export const LANGUAGE_OPTIONS = LANGUAGES.map((value) => ({
  value,
  label: { en: "English", de: "Deutsch", fr: "Français", es: "Español", ja: "日本語", ar: "العربية" }[value],
}));

const SCREENS: readonly { value: PreviewLook["screen"]; label: string }[] = [
  { value: "marketplace", label: "Marketplace" },
  { value: "integration", label: "Integration" },
  { value: "connection", label: "Connection" },
];

const FIELDS = { accent: "Accent", background: "Background", surface: "Surface" } as const;

function faultWords({ field, ratio, corrected }: LookFault): string {
  const seen = ratio.toFixed(1);
  if (corrected === null)
    return `${FIELDS[field]}: a button in this colour stands out from its ground at ${seen} to 1 only; 3 to 1 is the least people can see well.`;
  return `${FIELDS[field]}: quiet text on it would have ${seen} to 1; 4.5 to 1 is the least people can read. Customers are shown ${corrected} instead.`;
}

function Faults({ look }: { look: Look }) {
  const faults = lookFaults(parseTheme(toTheme(look)));
  return (
    <div role="status" className="flex flex-col gap-2 text-sm">
      {faults.length === 0 ? (
        <p className="flex items-start gap-2 text-secondary">
          <CircleCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 stroke-[1.75] text-success-text" />
          Contrast is fine. Text on the accent, and the accent as text, are adjusted so that they can be read.
        </p>
      ) : (
        faults.map((fault) => (
          <p key={fault.field} className="flex items-start gap-2 text-warning-text">
            <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 stroke-[1.75]" />
            {faultWords(fault)}
          </p>
        ))
      )}
    </div>
  );
}

type PreviewProps = { look: Look; language: Language; onLanguage: (language: Language) => void };

/** The marketplace's own screens on made-up data, in a frame of their own as in a customer's page, following the form as it is typed. */
export function BrandingPreview({ look, language, onLanguage }: PreviewProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [screen, setScreen] = useState<PreviewLook["screen"]>("marketplace");
  const send = useCallback(() => {
    const preview: PreviewLook = {
      theme: toTheme(look),
      title: look.marketplaceTitle.trim() || null,
      words: look.words[language] ?? {},
      screen,
    };
    frame.current?.contentWindow?.postMessage({ preview }, window.location.origin);
  }, [look, language, screen]);
  useEffect(() => {
    send();
    const receive = ({ origin, source, data }: MessageEvent) => {
      if (origin === window.location.origin && source === frame.current?.contentWindow && data === PREVIEW_READY) send();
    };
    window.addEventListener("message", receive);
    return () => window.removeEventListener("message", receive);
  }, [send]);
  return (
    <section aria-label="Preview" className="flex min-w-0 flex-col gap-3 xl:sticky xl:top-8">
      <div className="flex flex-wrap gap-2">
        <Select aria-label="Screen to preview" className="w-auto min-w-36" value={screen} onChange={setScreen} options={SCREENS} />
        <Select
          aria-label="Language to preview"
          className="w-auto min-w-32"
          value={language}
          onChange={onLanguage}
          options={LANGUAGE_OPTIONS}
        />
      </div>
      <iframe
        ref={frame}
        key={language}
        src={`/branding-preview?locale=${language}`}
        title="Preview of the marketplace"
        className="h-[620px] w-full rounded-lg border border-hairline bg-background"
      />
      <Faults look={look} />
    </section>
  );
}
