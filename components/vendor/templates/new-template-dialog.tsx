"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, FieldError } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

/** The integration and the name; streams are added on the template's page. */
export function NewTemplateDialog({ onClose }: { onClose: () => void }) {
  const trpc = useVendor();
  const router = useRouter();
  const cache = useQueryClient();
  const integrations = useQuery(trpc.integrations.list.queryOptions(undefined, { staleTime: 60_000 }));
  const [integrationId, setIntegrationId] = useState<string>();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const create = useMutation(
    trpc.templates.create.mutationOptions({
      onSuccess: ({ id }) => {
        void cache.invalidateQueries(trpc.templates.pathFilter());
        router.push(`/templates/${id}`);
      },
    }),
  );
  const none = integrations.data?.length === 0;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New template"
      description="Customers do not see it before you put it on offer."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabled={integrationId === undefined || name.trim() === ""}
            pending={create.isPending || create.isSuccess}
            onClick={() => integrationId && create.mutate({ integrationId, name, description })}
          >
            Create template
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label="Integration" error={none ? "Set an integration up first; a template offers its records." : null}>
          <Select
            value={integrationId}
            onChange={setIntegrationId}
            options={(integrations.data ?? []).map(({ id, name: label }) => ({ value: id, label }))}
          />
        </Field>
        <Field label="Name" hint="Shown to customers.">
          <Input value={name} maxLength={80} placeholder="Contacts to Acme" onChange={({ target }) => setName(target.value)} />
        </Field>
        <Field label="Description" optional hint="What it does for them, in a sentence.">
          <Input value={description} maxLength={300} onChange={({ target }) => setDescription(target.value)} />
        </Field>
        {create.error ? <FieldError>{faultOf(create.error).detail ?? faultOf(create.error).text}</FieldError> : null}
      </div>
    </Dialog>
  );
}
