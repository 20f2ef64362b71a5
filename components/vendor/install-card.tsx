"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardFooter, CardHeader } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { CopyField } from "#components/vendor/copy-field.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { IntegrationRow } from "#server/trpc/views";

/** Where an installation that begins in the third party's own store comes in, and where it goes on. */
export function InstallCard({ row, installUrl }: { row: IntegrationRow; installUrl: string }) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const may = useMay("admin");
  const [page, setPage] = useState(row.claimUrl ?? "");
  const update = useMutation(
    trpc.integrations.update.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries(trpc.integrations.pathFilter());
        toast.success("Integration saved");
      },
    }),
  );
  const fault = update.error ? faultOf(update.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({ id: row.id, claimUrl: page.trim() });
  };
  return (
    <Card>
      <CardHeader
        title="Installed from the other side"
        description={`For those who find your app in ${row.name}'s own store and install it there.`}
      />
      <form onSubmit={submit}>
        <CardBody className="flex max-w-[600px] flex-col gap-4">
          <CopyField
            label="Install address"
            value={installUrl}
            hint="Enter it there as the app's own address, where its store sends who installs it."
          />
          <Field
            label="Your page"
            optional
            error={fault ? (fault.fields?.["claimUrl"]?.[0] ?? fault.detail ?? fault.text) : null}
            hint={
              <>
                On one of the allowed origins. It is opened with <code>?inlay_claim=…</code>: pass that to <code>view</code> as{" "}
                <code>{"{ claim }"}</code>. Left empty, people are asked to sign in to your product and connect there.
              </>
            }
          >
            <Input
              value={page}
              onChange={(event) => setPage(event.target.value)}
              maxLength={2_000}
              spellCheck={false}
              disabled={!may}
              placeholder="https://app.example.com/integrations"
            />
          </Field>
        </CardBody>
        <CardFooter>
          <Button type="submit" disabled={!may || page.trim() === (row.claimUrl ?? "")} pending={update.isPending}>
            Save page
          </Button>
        </CardFooter>
      </form>
    </Card>
  );
}
