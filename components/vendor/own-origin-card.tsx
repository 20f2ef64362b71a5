"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { OwnOrigin } from "#server/domains/environments/own-origin";
import { CopyField } from "./copy-field.tsx";
import { useMay, useViewer } from "./viewer-context.tsx";

const wordsOf = (cause: unknown) => {
  const fault = faultOf(cause);
  return fault.fields?.["origin"]?.[0] ?? fault.detail ?? fault.text;
};

/** Writes what came back where everybody reads it. */
function useKept() {
  const trpc = useVendor();
  const cache = useQueryClient();
  return (kept: OwnOrigin | null) => cache.setQueryData(trpc.environment.ownOrigin.queryKey(), kept);
}

function NameIt({ may }: { may: boolean }) {
  const trpc = useVendor();
  const keep = useKept();
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);
  const set = useMutation(trpc.environment.setOwnOrigin.mutationOptions({ onSuccess: keep, onError: (cause) => setError(wordsOf(cause)) }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate({ origin: text });
  };
  return (
    <form noValidate onSubmit={submit} className="flex max-w-[560px] items-start gap-2">
      <Field label="Domain" className="flex-1" error={error} hint="A name of its own, with nothing else behind it.">
        <Input
          value={text}
          disabled={!may}
          onChange={(event) => {
            setText(event.target.value);
            setError(null);
          }}
          placeholder="integrations.example.com"
          spellCheck={false}
        />
      </Field>
      <Button type="submit" className="mt-[25px]" disabled={!may || text.trim() === ""} pending={set.isPending}>
        Save
      </Button>
    </form>
  );
}

/** What has to be done outside, in order, until the name is proven. */
function Steps({ own, host }: { own: OwnOrigin; host: string }) {
  return (
    <ol className="list-decimal space-y-4 ps-5 text-sm marker:text-secondary">
      {own.record ? (
        <li className="space-y-3">
          <p>Add this TXT record to your DNS. It proves that the name is yours.</p>
          <CopyField label="Name" value={own.record.name} />
          <CopyField label="Value" value={own.record.value} />
        </li>
      ) : null}
      <li>
        <p>
          Lead the name to <code>{host}</code> (a CNAME record), and have whoever runs Inlay serve it with a certificate.
        </p>
      </li>
    </ol>
  );
}

function Named({ own, may }: { own: OwnOrigin; may: boolean }) {
  const trpc = useVendor();
  const keep = useKept();
  const { origin } = useViewer();
  const [asking, setAsking] = useState(false);
  const prove = useMutation(
    trpc.environment.proveOwnOrigin.mutationOptions({
      onSuccess: (kept) => {
        keep(kept);
        toast.success("The domain is in use");
      },
    }),
  );
  const remove = useMutation(
    trpc.environment.setOwnOrigin.mutationOptions({
      onSuccess: keep,
      onError: (cause) => toast.error(wordsOf(cause)),
      onSettled: () => setAsking(false),
    }),
  );
  const proven = own.provenAt !== null;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <code className="break-all font-medium">{own.origin}</code>
        <Badge tone={proven ? "success" : "warning"}>{proven ? "In use" : "Waiting for proof"}</Badge>
        {own.provenAt ? (
          <span className="text-secondary text-sm">
            since <RelativeTime date={own.provenAt} />
          </span>
        ) : null}
      </div>
      {proven ? (
        <p className="max-w-[68ch] text-secondary text-sm">
          Take it for the script's address in your page: <code className="break-all">{own.origin}/v1/inlay.js</code>. Links to admins lead
          there too.
        </p>
      ) : (
        <Steps own={own} host={new URL(origin).host} />
      )}
      {prove.error ? (
        <p role="alert" className="max-w-[68ch] break-words text-danger-text text-sm">
          {wordsOf(prove.error)}
        </p>
      ) : null}
      {may ? (
        <div className="flex flex-wrap gap-2">
          <Button variant={proven ? "secondary" : "primary"} pending={prove.isPending} onClick={() => prove.mutate()}>
            {proven ? "Check again" : "Check and use it"}
          </Button>
          <Button variant="danger-ghost" onClick={() => setAsking(true)}>
            Remove domain
          </Button>
        </div>
      ) : null}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Remove ${new URL(own.origin).host}?`}
        action="Remove domain"
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ origin: null })}
      >
        Pages that take the script from there show nothing any more, and links that lead there end. Our own address goes on working.
      </ConfirmDialog>
    </div>
  );
}

/** The vendor's own name for the marketplace, so that its customers meet no other. */
export function OwnOriginCard() {
  const trpc = useVendor();
  const may = useMay("admin");
  const own = useQuery(trpc.environment.ownOrigin.queryOptions());
  return (
    <Card>
      <CardHeader
        title="Your own domain"
        description="The marketplace under a name of yours, for its frame, its script and the links customers send."
      />
      <CardBody>
        {own.isPending ? <Skeleton className="h-9 w-full max-w-[560px]" /> : null}
        {own.isError ? <p className="text-danger-text text-sm">{wordsOf(own.error)}</p> : null}
        {own.data === null ? <NameIt may={may} /> : null}
        {own.data ? <Named own={own.data} may={may} /> : null}
      </CardBody>
    </Card>
  );
}
