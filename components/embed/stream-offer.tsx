"use client";

import { useId } from "react";
import { cn } from "#components/cn";
import { Checkbox } from "#components/ui/checkbox.tsx";
import type { AdaptStream } from "#server/domains/overrides/schema";
import { useSay } from "./language.tsx";
import { StreamChoices } from "./stream-choices.tsx";
import { chosenOf, isWanted, offersChoices, type StreamWish } from "./stream-wishes";

type OfferProps = { stream: AdaptStream; wish: StreamWish; onWish: (wish: StreamWish) => void };

/** Whether the vendor has said of the stream that customers choose something of it. */
export const hasOffer = (stream: AdaptStream): boolean => stream.offers.flows !== undefined || offersChoices(stream);

/** One stream of what is to be turned on: whether it flows, and how. */
export function StreamOffer({ stream, wish, onWish }: OfferProps) {
  const say = useSay();
  const id = useId();
  const { flows } = stream.offers;
  const on = isWanted(stream, wish);
  const switched = flows === "on" || flows === "off";
  return (
    <li className="@container py-3">
      <div className="flex min-h-6 items-center gap-2.5">
        {switched ? <Checkbox id={id} checked={on} onCheckedChange={(is) => onWish({ isOn: is === true })} /> : null}
        {switched ? (
          <label htmlFor={id} className={cn("min-w-0 font-medium text-sm", !on && "text-secondary")}>
            <bdi>{stream.label}</bdi>
          </label>
        ) : (
          <span className="min-w-0 font-medium text-sm">
            <bdi>{stream.label}</bdi>
          </span>
        )}
        {on ? null : <span className="text-secondary text-sm">{say("map.part.off")}</span>}
      </div>
      {on && offersChoices(stream) ? (
        <div className={cn("mt-2", switched && "ps-6.5")}>
          <StreamChoices stream={stream} chosen={chosenOf(stream, wish)} begun={false} onChange={(chosen) => onWish({ chosen })} />
        </div>
      ) : null}
    </li>
  );
}
