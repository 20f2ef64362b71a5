"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Fault, faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { Calls } from "#server/domains/inbox/get-calls";
import type { Opened } from "./opened-dialog.tsx";

type Scheme = NonNullable<Calls["scheme"]>;
type Props = { integrationId: string; scheme: Scheme; open: boolean; onClose: () => void; onOpened: (opened: Opened) => void };

const ALL = "all";

type PlaceProps = {
  integrationId: string;
  scheme: Scheme;
  place: string | undefined;
  onPlace: (place: string) => void;
  error: string | null;
};

/** All accounts, where calls say which one they are about, or one of them. */
function PlaceField({ integrationId, scheme, place, onPlace, error }: PlaceProps) {
  const trpc = useVendor();
  const connections = useQuery(trpc.connections.list.queryOptions({ integrationId }));
  const accounts = (connections.data?.items ?? [])
    .filter(({ state }) => state !== "disconnected")
    .map(({ id, customerName, accountLabel }) => ({ value: id, label: `${customerName} · ${accountLabel}` }));
  const each = "Each account of this connector has an address of its own.";
  const none = connections.data && accounts.length === 0 ? "Nobody is connected yet. " : "";
  const shared = scheme.scope === "app";
  return (
    <Field
      label="For"
      error={error}
      hint={shared ? "Calls say which account they are about. An address of one account takes only its calls." : `${none}${each}`}
    >
      <Select
        value={place}
        onChange={onPlace}
        options={shared ? [{ value: ALL, label: "All accounts" }, ...accounts] : accounts}
        placeholder="Choose a connection"
      />
    </Field>
  );
}

type SecretProps = { scheme: Scheme; secret: string; onSecret: (secret: string) => void; error: string | null };

function SecretField({ scheme, secret, onSecret, error }: SecretProps) {
  return (
    <Field
      label="Secret (optional)"
      error={error}
      hint={
        scheme.generates
          ? "Left empty, we make one. If the other system makes it, paste it here."
          : "Paste the one the other system shows. If it shows it only once it knows the address, leave this empty and set it afterwards."
      }
    >
      <Input type="password" value={secret} onChange={(event) => onSecret(event.target.value)} autoComplete="off" />
    </Field>
  );
}

const saysAtSecret = (fault: Fault | null) => fault?.fields?.["secret"]?.[0] ?? null;

/** Whose calls come in at the new address, and what they are signed with. */
export function OpenAddressDialog({ integrationId, scheme, open, onClose, onOpened }: Props) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [place, setPlace] = useState<string | undefined>(scheme.scope === "app" ? ALL : undefined);
  const [secret, setSecret] = useState("");
  const [tried, setTried] = useState(false);
  const create = useMutation(
    trpc.inbound.create.mutationOptions({
      onSuccess: ({ url, secret: made }) => {
        void cache.invalidateQueries(trpc.inbound.pathFilter());
        setSecret("");
        setTried(false);
        onClose();
        onOpened({ url, secret: made });
      },
    }),
  );
  const fault = create.error ? faultOf(create.error) : null;
  const given = secret.trim();
  const tooShort = given !== "" && given.length < 16;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (tooShort || place === undefined) return;
    const own = given === "" ? { generateSecret: scheme.generates } : { secret: given };
    create.mutate({ integrationId, ...own, ...(place === ALL ? {} : { connectionId: place }) });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Open an address"
      description="The other system calls it when something changes."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="open-address" variant="primary" pending={create.isPending}>
            Open address
          </Button>
        </>
      }
    >
      <form id="open-address" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <PlaceField
          {...{ integrationId, scheme, place }}
          onPlace={setPlace}
          error={tried && place === undefined ? "Choose the account that calls here." : null}
        />
        {scheme.proof === "endpoint" ? (
          <SecretField
            {...{ scheme, secret }}
            onSecret={setSecret}
            error={tried && tooShort ? "At least 16 characters." : saysAtSecret(fault)}
          />
        ) : null}
        {fault && !fault.fields ? (
          <p role="alert" className="text-danger-text text-sm">
            {fault.detail ?? fault.text}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
