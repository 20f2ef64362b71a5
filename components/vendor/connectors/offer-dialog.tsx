"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, FieldError } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { CopyField } from "#components/vendor/copy-field.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useViewer } from "#components/vendor/viewer-context.tsx";
import type { SetUp } from "#server/domains/connectors/set-up";

const NONE = "-";
/** `note`: why the first template could not be made. */
type Made = { id: string; redirectUri: string; note: string | null };

/** What an admin answers to put a connector on offer, and the two calls that do it. */
function useOffer(connectorKey: string, setUp: SetUp, onMade: (made: Made) => void) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [draft, setDraft] = useState({
    name: setUp.name,
    authKey: setUp.auth[0]?.key ?? "",
    clientId: "",
    clientSecret: "",
    sandboxOrigin: "",
    status: "available" as "available" | "hidden",
    object: setUp.objects[0]?.key ?? NONE,
  });
  const offer = useMutation(trpc.connectors.offer.mutationOptions());
  const template = useMutation(trpc.connectors.template.mutationOptions());
  const submit = async () => {
    const { object, clientId, clientSecret, sandboxOrigin, ...rest } = draft;
    const made = await offer.mutateAsync({
      connectorKey,
      ...rest,
      ...(clientId.trim() === "" ? {} : { clientId: clientId.trim() }),
      ...(sandboxOrigin.trim() === "" ? {} : { sandboxOrigin: sandboxOrigin.trim() }),
      ...(clientSecret.trim() === "" ? {} : { clientSecret: clientSecret.trim() }),
    });
    let note: string | null = null;
    if (object !== NONE)
      await template.mutateAsync({ integrationId: made.id, object }).catch((error: unknown) => {
        note = `The first template was not made: ${faultOf(error).detail ?? faultOf(error).text}`;
      });
    void cache.invalidateQueries();
    onMade({ id: made.id, redirectUri: made.redirectUri, note });
  };
  return { draft, set: (changes: Partial<typeof draft>) => setDraft({ ...draft, ...changes }), submit, offer };
}

function Form({ connectorKey, setUp, onMade }: { connectorKey: string; setUp: SetUp; onMade: (made: Made) => void }) {
  const { draft, set, submit, offer } = useOffer(connectorKey, setUp, onMade);
  const { environment } = useViewer();
  const method = setUp.auth.find((one) => one.key === draft.authKey);
  const fault = offer.error ? faultOf(offer.error) : null;
  const send = (event: FormEvent) => {
    event.preventDefault();
    void submit().catch(() => null); // shown below
  };
  return (
    <form id="offer" onSubmit={send} className="flex flex-col gap-4">
      <Field label="Name" hint="As your customers see it.">
        <Input value={draft.name} onChange={(event) => set({ name: event.target.value })} maxLength={80} required />
      </Field>
      {setUp.auth.length > 1 ? (
        <Field label="How customers connect">
          <Select
            value={draft.authKey}
            onChange={(authKey) => set({ authKey })}
            options={setUp.auth.map(({ key, title }) => ({ value: key, label: title }))}
          />
        </Field>
      ) : null}
      {method?.needs.id ? (
        <Field
          label="Client id"
          optional
          hint="Of your app at the third party. The redirect address to register is shown next; both can be entered later."
        >
          <Input value={draft.clientId} onChange={(event) => set({ clientId: event.target.value })} autoComplete="off" />
        </Field>
      ) : null}
      {method?.needs.secret ? (
        <Field label="Client secret" optional hint="Kept encrypted. It is never shown again, also not to you.">
          <Input
            type="password"
            value={draft.clientSecret}
            onChange={(event) => set({ clientSecret: event.target.value })}
            autoComplete="new-password"
          />
        </Field>
      ) : null}
      <Field label="First template" hint="One object into one of your models, field by field. Go on from there in the mapping editor.">
        <Select
          value={draft.object}
          onChange={(object) => set({ object })}
          options={[...setUp.objects.map(({ key, title }) => ({ value: key, label: title })), { value: NONE, label: "None yet" }]}
        />
      </Field>
      <Field label="Visibility">
        <Select
          value={draft.status}
          onChange={(status) => set({ status })}
          options={[
            { value: "available", label: "Available in the marketplace" },
            { value: "hidden", label: "Hidden for now" },
          ]}
        />
      </Field>
      {environment.kind === "test" ? (
        <Field label="Stand-in" optional hint="An origin that plays every host of the connector, to try it without the real system.">
          <Input
            value={draft.sandboxOrigin}
            onChange={(event) => set({ sandboxOrigin: event.target.value })}
            placeholder="http://127.0.0.1:4700"
          />
        </Field>
      ) : null}
      {fault ? <FieldError>{fault.detail ?? fault.text}</FieldError> : null}
    </form>
  );
}

/** Puts a connector on offer: how customers connect, the vendor's app, and a first template. */
export function OfferDialog({ connectorKey, onClose }: { connectorKey: string; onClose: () => void }) {
  const trpc = useVendor();
  const router = useRouter();
  const [made, setMade] = useState<Made | null>(null);
  const query = useQuery(trpc.connectors.setUp.queryOptions({ key: connectorKey }));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={made ? "It is on offer" : "New integration"}
      description={made ? "Your customers can connect it now." : "Puts this connector into the marketplace of this environment."}
      footer={
        made ? (
          <Button variant="primary" onClick={() => router.push(`/integrations/${made.id}`)}>
            Open the integration
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" form="offer" variant="primary" disabled={!query.data}>
              Create integration
            </Button>
          </>
        )
      }
    >
      {made ? (
        <div className="flex flex-col gap-4">
          <CopyField
            label="Redirect URI"
            value={made.redirectUri}
            hint="When customers sign in at the third party: register exactly this with your app there."
          />
          {made.note ? <FieldError>{made.note}</FieldError> : null}
        </div>
      ) : (
        <QueryView query={query} skeleton={<Skeleton className="h-48 w-full" />}>
          {(setUp) => <Form connectorKey={connectorKey} setUp={setUp} onMade={setMade} />}
        </QueryView>
      )}
    </Dialog>
  );
}
