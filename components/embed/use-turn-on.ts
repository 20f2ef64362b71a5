"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import type { Adaptations, StreamSwitches } from "#server/domains/overrides/schema";
import { useNavigation } from "./navigation.tsx";

export type TurnOn = { templateId: string; adaptations?: Adaptations; streams?: StreamSwitches };

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
