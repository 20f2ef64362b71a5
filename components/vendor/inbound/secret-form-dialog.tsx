"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { Opened } from "./opened-dialog.tsx";

type Props = { inboundId: string; generates: boolean; open: boolean; onClose: () => void; onOpened: (opened: Opened) => void };

/** Another secret for an address: pasted, or made here. */
export function SecretFormDialog({ inboundId, generates, open, onClose, onOpened }: Props) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [secret, setSecret] = useState("");
  const [tried, setTried] = useState(false);
  const rotate = useMutation(
    trpc.inbound.rotate.mutationOptions({
      onSuccess: ({ secret: made }) => {
        void cache.invalidateQueries(trpc.inbound.pathFilter());
        setSecret("");
        setTried(false);
        onClose();
        if (made) onOpened({ url: null, secret: made });
        else toast.success("Secret set", { description: "It counts within seconds." });
      },
    }),
  );
  const fault = rotate.error ? faultOf(rotate.error) : null;
  const given = secret.trim();
  const wrong = given === "" ? !generates : given.length < 16;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!wrong) rotate.mutate({ inboundId, ...(given === "" ? {} : { secret: given }) });
  };
  const problem = tried && wrong ? "At least 16 characters." : fault ? (fault.fields?.["secret"]?.[0] ?? fault.detail ?? fault.text) : null;
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Replace the secret"
      description="Calls signed with the one before are refused within seconds, until the other system has the new one."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="inbound-secret" variant="primary" pending={rotate.isPending}>
            Replace the secret
          </Button>
        </>
      }
    >
      <form id="inbound-secret" noValidate onSubmit={submit}>
        <Field
          label="New secret"
          error={problem}
          hint={generates ? "Left empty, we make one and show it once." : "Paste the one that the other system shows."}
        >
          <Input type="password" value={secret} onChange={(event) => setSecret(event.target.value)} autoComplete="off" autoFocus />
        </Field>
      </form>
    </Dialog>
  );
}
