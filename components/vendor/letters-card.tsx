"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { useViewer } from "#components/vendor/viewer-context.tsx";

const RHYTHMS = [
  { value: "weekly", label: "Every Monday" },
  { value: "daily", label: "Every day" },
  { value: "off", label: "Never" },
] as const;
type Rhythm = (typeof RHYTHMS)[number]["value"];

/** How often the signed-in member is written to, and the way to what letters look like. */
export function LettersCard() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const { email } = useViewer();
  const query = useQuery(trpc.letters.digest.queryOptions());
  const choose = useMutation(
    trpc.letters.setDigest.mutationOptions({
      onSuccess: () => toast.success("Saved"),
      onError: (error) => toast.error("Not saved", { description: faultOf(error).text }),
      onSettled: () => void cache.invalidateQueries(trpc.letters.digest.queryFilter()),
    }),
  );
  return (
    <Card>
      <CardHeader
        title="Letters"
        description="Summaries of how your customers fare, and what we write to them in your name."
        actions={
          <Button asChild size="sm" variant="ghost">
            <Link href="/letters">See every letter</Link>
          </Button>
        }
      />
      <CardBody>
        <Field label="Summary to you" className="max-w-[280px]" hint={`To ${email}, at 8:00 UTC, when there is something to say.`}>
          <Select<Rhythm>
            value={choose.isPending ? choose.variables.rhythm : query.data?.rhythm}
            disabled={query.isPending || choose.isPending}
            onChange={(rhythm) => choose.mutate({ rhythm })}
            options={RHYTHMS}
          />
        </Field>
      </CardBody>
    </Card>
  );
}
