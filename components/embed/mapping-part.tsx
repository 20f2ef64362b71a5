"use client";

import { ChevronRight } from "lucide-react";
import { useCallback, useId } from "react";
import { cn } from "#components/cn";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { Say } from "#server/words/say";
import { DryRunPanel } from "./dry-run-panel.tsx";
import { useSay } from "./language.tsx";
import { choosable, type Edits, openFields } from "./mapping-draft";
import { type Look, MappingFields } from "./mapping-fields.tsx";
import { SentPreview } from "./sent-preview.tsx";
import { StreamChoices } from "./stream-choices.tsx";
import { chosenOf, offersChoices, type StreamWish } from "./stream-wishes";

/** One stream of what is to be turned on. */
export type Part = {
  id: string;
  templateId: string;
  templateName: string;
  stream: AdaptStream;
  edits: Edits;
  /** What is wanted of how it runs. */
  wish: StreamWish;
  isOn: boolean;
  isShown: boolean;
};

type PartProps = {
  part: Part;
  /** There is only this one: nothing to switch or to fold. */
  alone: boolean;
  connectionId: string;
  integrationName: string;
  vendorName: string;
  ready: boolean;
  refused: ReadonlyMap<string, string>;
  look: Look;
  onEdits: (id: string, change: (before: Edits) => Edits) => void;
  onWish: (id: string, wish: StreamWish) => void;
  onShow: (id: string, shown: boolean) => void;
};

const CONTESTED: ReadonlySet<string> = new Set();

function stateWords({ stream, edits, isOn }: Part, say: Say): string {
  if (!isOn) return say("map.part.off");
  const missing = openFields(stream, edits).length;
  if (missing > 0) return say("map.part.to_choose", { count: missing });
  const free = choosable(stream).length;
  return free > 0 ? say("map.part.can_choose", { count: free }) : say("map.part.none");
}

function Head({ part, onWish, onShow, name }: Pick<PartProps, "part" | "onWish" | "onShow"> & { name: string }) {
  const say = useSay();
  const { id, stream, isOn, isShown } = part;
  const fixed = stream.offers.flows === "always";
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
      {fixed ? null : (
        <Checkbox
          id={`${name}-on`}
          checked={isOn}
          onCheckedChange={(on) => onWish(id, { isOn: on === true })}
          aria-label={say("map.part.sync", { what: say.inner(stream.label) })}
        />
      )}
      <h2 id={name} className={cn("font-semibold text-base", !isOn && "text-subtle")}>
        {fixed ? stream.label : <label htmlFor={`${name}-on`}>{stream.label}</label>}
      </h2>
      <span className="min-w-0 flex-1 text-secondary text-sm">{stateWords(part, say)}</span>
      {isOn ? (
        <Button
          variant="ghost"
          size="sm"
          aria-expanded={isShown}
          aria-label={say("map.part.fields_of", { what: say.inner(stream.label) })}
          onClick={() => onShow(id, !isShown)}
        >
          <ChevronRight aria-hidden="true" className={cn("transition-transform", isShown ? "rotate-90" : "rtl:rotate-180")} />
          {say(isShown ? "map.part.hide" : "map.part.show")}
        </Button>
      ) : null}
    </div>
  );
}

/** One kind of record: whether it is to flow, what its fields are filled from, and what comes of that. */
export function MappingPart(props: PartProps) {
  const { part, alone, connectionId, integrationName, vendorName, ready, refused, look, onEdits, onWish } = props;
  const { id, templateId, stream, edits, wish, isOn, isShown } = part;
  const chosen = chosenOf(stream, wish);
  const name = useId();
  const setEdits = useCallback((change: (before: Edits) => Edits) => onEdits(id, change), [id, onEdits]);
  return (
    <section aria-labelledby={name} className="@container">
      {alone ? (
        <h2 id={name} className="sr-only">
          {stream.label}
        </h2>
      ) : (
        <Head {...props} name={name} />
      )}
      {isOn && offersChoices(stream) ? (
        <div className="@container mb-4 rounded-lg border border-hairline bg-surface px-4 py-3.5">
          <StreamChoices stream={stream} chosen={chosen} begun={false} onChange={(next) => onWish(id, { chosen: next })} />
        </div>
      ) : null}
      {isOn && (alone || isShown) ? (
        <div className="space-y-4">
          <MappingFields
            only={chosen.only}
            {...{ stream, edits, setEdits, refused, look, ready, integrationName, vendorName }}
            contested={CONTESTED}
            readOnly={false}
            beside={<SentPreview {...{ connectionId, templateId, stream, edits, chosen, integrationName, vendorName }} />}
          />
          <DryRunPanel {...{ connectionId, templateId, stream, edits, chosen, integrationName, vendorName }} />
        </div>
      ) : null}
    </section>
  );
}
