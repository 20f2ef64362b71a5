"use client";

import { useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { ConnectionId, StreamId, TemplateId } from "#server/lib/ids";
import type { ConnectionView } from "#server/trpc/views";

/** A running stream of a customer, with what the template and the customer make of it. */
export type Adapted = AdaptStream & {
  streamId: StreamId;
  templateId: TemplateId;
  templateName: string;
  connectionId: ConnectionId;
  integrationName: string;
};

/** How much of it waits for a person. */
export const decisionsOf = ({ drifts, overrides }: Pick<Adapted, "drifts" | "overrides">): number =>
  drifts.length + overrides.conflicts.length;

/** Fields that are not as the template has them. */
export const ownFields = ({ fields }: Pick<Adapted, "fields">) => fields.filter(({ state }) => state === "own" || state === "left_out");

/** The mappings of a customer's running streams, by connection and template. */
export function useAdaptations(connections: readonly ConnectionView[]) {
  const trpc = useVendor();
  const wanted = connections.flatMap((connection) => {
    const active = connection.state === "disconnected" ? [] : connection.streams.filter(({ status }) => status === "active");
    return [...new Set(active.map(({ templateId }) => templateId))].map((templateId) => ({ connection, templateId }));
  });
  const queries = useQueries({
    queries: wanted.map(({ connection, templateId }) =>
      trpc.overrides.get.queryOptions({ connectionId: connection.id, templateId }, { refetchOnWindowFocus: false }),
    ),
  });
  const streams = queries.flatMap(({ data }, index): Adapted[] => {
    const integrationName = wanted[index]?.connection.integrationName ?? "";
    return (data?.streams ?? []).flatMap((stream) =>
      data && stream.isOn && stream.streamId !== null
        ? [
            {
              ...stream,
              streamId: stream.streamId,
              templateId: data.templateId,
              templateName: data.templateName,
              connectionId: data.connectionId,
              integrationName,
            },
          ]
        : [],
    );
  });
  return {
    streams,
    any: wanted.length > 0,
    isPending: queries.some((query) => query.isPending),
    failed: queries.find((query) => query.isError),
  };
}

/** All that can be done with one customer's mapping. What was done is asked for anew, also when it was refused: somebody else may have been there. */
export function useAdapting() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const options = (done: string, undone: string) => ({
    onSuccess: () => void toast.success(done, { description: "Their records are mapped anew with it." }),
    onError(error: unknown) {
      const fault = faultOf(error);
      toast.error(undone, { description: (fault.fields && Object.values(fault.fields)[0]?.[0]) ?? fault.detail ?? fault.text });
    },
    onSettled: () =>
      Promise.all([cache.invalidateQueries(trpc.overrides.pathFilter()), cache.invalidateQueries(trpc.customers.pathFilter())]),
  });
  return {
    save: useMutation(trpc.overrides.save.mutationOptions(options("The field is changed", "The field was not changed"))),
    settle: useMutation(trpc.overrides.settleConflict.mutationOptions(options("Decided", "Not decided"))),
    revert: useMutation(trpc.overrides.revert.mutationOptions(options("Gone back", "Nothing was changed"))),
    drift: useMutation(trpc.overrides.settleDrift.mutationOptions(options("Settled", "Not settled"))),
  };
}

export type Adapting = ReturnType<typeof useAdapting>;
