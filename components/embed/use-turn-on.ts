"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import type { Adaptations, AdaptStream, StreamChoices, StreamSwitches } from "#server/domains/overrides/schema";
import type { StreamChosen } from "#server/domains/templates/offers";
import { useNavigation } from "./navigation.tsx";
import { differs, isWanted, type StreamWish } from "./stream-wishes";

export type TurnOn = { templateId: string; adaptations?: Adaptations; streams?: StreamSwitches; choices?: StreamChoices };

/** What is to be sent of how a template's streams are to run: of those that flow, what was chosen otherwise than it stands. */
export function wishFor(streams: readonly AdaptStream[], wishOf: (stream: AdaptStream) => StreamWish): Pick<TurnOn, "streams" | "choices"> {
  const chosen = streams.flatMap((stream): [string, StreamChosen][] => {
    const wish = wishOf(stream);
    return isWanted(stream, wish) && wish.chosen && differs(wish.chosen, stream.chosen) ? [[stream.key, wish.chosen]] : [];
  });
  return {
    streams: Object.fromEntries(streams.map((stream) => [stream.key, isWanted(stream, wishOf(stream))])),
    choices: Object.fromEntries(chosen),
  };
}

/** Turns templates on, one after the other, and tells the page. */
export function useTurnOn(integrationId: string, connectionId: string) {
  const trpc = useEmbed();
  const cache = useQueryClient();
  const { emit } = useNavigation();
  const activate = useMutation(trpc.installations.activate.mutationOptions());
  const turnOn = async (wishes: readonly TurnOn[]) => {
    for (const wish of wishes) {
      const view = await activate.mutateAsync({ connectionId, ...wish });
      cache.setQueryData(trpc.connections.get.queryKey({ connectionId }), view);
      emit({ type: "installation.activated", integrationId, connectionId });
    }
    void cache.invalidateQueries({ queryKey: trpc.marketplace.pathKey() });
    void cache.invalidateQueries({ queryKey: trpc.mapping.pathKey() });
  };
  return { turnOn, pending: activate.isPending, error: activate.error };
}
