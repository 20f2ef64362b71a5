"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonTable } from "#components/ui/skeleton.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { EmbedKey } from "#server/domains/embed-sessions/list-embed-keys";

function AddKey() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [key, setKey] = useState("");
  const [kid, setKid] = useState("");
  const add = useMutation(
    trpc.embedKeys.add.mutationOptions({
      onSuccess: (added) => {
        void cache.invalidateQueries(trpc.embedKeys.pathFilter());
        setKey("");
        setKid("");
        toast.success(added.length === 1 ? "Signing key added" : `${added.length} signing keys added`);
      },
    }),
  );
  const fault = add.error ? faultOf(add.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ key, ...(kid.trim() ? { kid: kid.trim() } : {}) });
  };
  return (
    <form noValidate onSubmit={submit} className="flex max-w-[560px] flex-col gap-4">
      <Field
        label="Public key"
        hint="PEM, JWK or JWKS; P-256 (ES256), RSA (RS256) or Ed25519 (EdDSA). The private half stays with you."
        error={fault ? (fault.fields?.["key"]?.[0] ?? fault.detail ?? fault.text) : null}
      >
        <Textarea
          rows={5}
          className="font-mono text-[12.5px]"
          spellCheck={false}
          value={key}
          placeholder={"-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----"}
          onChange={(event) => {
            setKey(event.target.value);
            add.reset();
          }}
        />
      </Field>
      <div className="flex items-start gap-2">
        <Field label="Key id" optional className="flex-1" hint="What your tokens name as kid; left empty, the key's thumbprint.">
          <Input value={kid} maxLength={200} spellCheck={false} onChange={(event) => setKid(event.target.value)} placeholder="2026-11" />
        </Field>
        <Button type="submit" className="mt-[25px]" disabled={key.trim() === ""} pending={add.isPending}>
          <Plus aria-hidden="true" />
          Add key
        </Button>
      </div>
    </form>
  );
}

function KeyList({ keys, onRemove }: { keys: EmbedKey[]; onRemove: (key: EmbedKey) => void }) {
  return (
    <ul className="divide-y divide-hairline border-hairline border-b">
      {keys.map((key) => (
        <li key={key.id} className="flex min-h-10 items-center gap-3 py-1.5 ps-4 pe-3 sm:ps-5">
          <code className="min-w-0 flex-1 truncate" title={key.kid}>
            {key.kid}
          </code>
          <Badge>{key.alg}</Badge>
          <span className="shrink-0 text-secondary text-sm">
            {key.lastUsedAt ? "used " : ""}
            <RelativeTime date={key.lastUsedAt} fallback="never used" />
          </span>
          <Button variant="ghost" size="icon-sm" aria-label={`Remove the signing key ${key.kid}`} onClick={() => onRemove(key)}>
            <X aria-hidden="true" />
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** Public keys of the vendor's own: with one of them its backend opens the marketplace without calling us first. */
export function EmbedKeysCard() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const may = useMay("developer");
  const [removing, setRemoving] = useState<EmbedKey | null>(null);
  const query = useQuery(trpc.embedKeys.list.queryOptions(undefined, { enabled: may }));
  const remove = useMutation(
    trpc.embedKeys.remove.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries(trpc.embedKeys.pathFilter());
        toast.success("Signing key removed");
      },
      onError: (error) => toast.error("The key was not removed", { description: faultOf(error).text }),
      onSettled: () => setRemoving(null),
    }),
  );
  if (!may) return null;
  return (
    <Card>
      <CardHeader
        title="Signing keys"
        description="Instead of asking for a session, your backend may sign a JWT with its own key. Register the public half here."
      />
      <QueryView query={query} skeleton={<SkeletonTable columns={3} rows={1} />}>
        {(keys) =>
          keys.length > 0 ? (
            <KeyList keys={keys} onRemove={setRemoving} />
          ) : (
            <p className="border-hairline border-b px-4 py-3 text-secondary text-sm sm:px-5">
              None yet. You do not need one to mint sessions with your secret key.
            </p>
          )
        }
      </QueryView>
      <CardBody>
        <AddKey />
      </CardBody>
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title="Remove this signing key?"
        action="Remove key"
        pending={remove.isPending}
        onConfirm={() => removing && remove.mutate({ id: removing.id })}
      >
        <p>Tokens signed with it open nothing from now on. Who has the marketplace open goes on for up to ten minutes.</p>
      </ConfirmDialog>
    </Card>
  );
}
