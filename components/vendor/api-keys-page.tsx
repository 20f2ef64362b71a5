"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonTable } from "#components/ui/skeleton.tsx";
import { Clipped, Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { CreateKeyDialog, scopeWords } from "#components/vendor/create-key-dialog.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { SecretDialog } from "#components/vendor/secret-dialog.tsx";
import { useMay, useViewer } from "#components/vendor/viewer-context.tsx";
import type { ApiKeyRow } from "#server/trpc/views";

function KeyTable({ keys, onRevoke }: { keys: ApiKeyRow[]; onRevoke: ((key: ApiKeyRow) => void) | null }) {
  return (
    <Table label="API keys">
      <THead>
        <tr>
          <TH>Name</TH>
          <TH wide>Key</TH>
          <TH wide>May</TH>
          <TH numeric>Last used</TH>
          <TH numeric wide>
            Created
          </TH>
          <TH>
            <span className="sr-only">Actions</span>
          </TH>
        </tr>
      </THead>
      <TBody>
        {keys.map((key) => (
          <TR key={key.id} className={key.revokedAt ? "text-subtle" : ""}>
            <TD className="w-full max-sm:max-w-[40vw]">
              <Clipped className="font-medium">{key.name}</Clipped>
              <span className="block truncate text-secondary text-xs sm:hidden">{scopeWords(key.scopes)}</span>
            </TD>
            <TD wide>
              <code className="text-secondary">{key.hint}</code>
            </TD>
            <TD wide className="text-secondary">
              {scopeWords(key.scopes)}
            </TD>
            <TD numeric className="text-secondary">
              <RelativeTime date={key.lastUsedAt} fallback="never" />
            </TD>
            <TD numeric wide className="text-secondary">
              <RelativeTime date={key.createdAt} />
            </TD>
            <TD numeric>
              {key.revokedAt ? (
                <Badge>Revoked</Badge>
              ) : onRevoke ? (
                <Button
                  variant="ghost"
                  size="sm"
                  className="text-danger-text"
                  onClick={() => onRevoke(key)}
                  aria-label={`Revoke ${key.name}`}
                >
                  Revoke
                </Button>
              ) : null}
            </TD>
          </TR>
        ))}
      </TBody>
    </Table>
  );
}

export function ApiKeysPage() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const viewer = useViewer();
  const may = useMay("developer");
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<ApiKeyRow | null>(null);
  const query = useQuery(trpc.apiKeys.list.queryOptions());
  const revoke = useMutation(
    trpc.apiKeys.revoke.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries(trpc.apiKeys.pathFilter());
        toast.success("Key revoked");
      },
      onError: (error) => toast.error("The key was not revoked", { description: faultOf(error).text }),
      onSettled: () => setRevoking(null),
    }),
  );
  return (
    <>
      <PageHeader
        title="API keys"
        description={`Secret keys for your backend in ${viewer.environment.kind}. They mint embed sessions and read records; never put one into a page.`}
        actions={
          may ? (
            <Button variant="primary" onClick={() => setCreating(true)}>
              <Plus aria-hidden="true" />
              Create key
            </Button>
          ) : null
        }
      />
      <Card>
        <QueryView query={query} skeleton={<SkeletonTable columns={6} rows={3} />}>
          {(keys) =>
            keys.length > 0 ? (
              <KeyTable keys={keys} onRevoke={may ? setRevoking : null} />
            ) : (
              <EmptyState title="No keys yet" action={may ? <Button onClick={() => setCreating(true)}>Create key</Button> : null}>
                Your backend needs one to mint embed sessions and to read records.
              </EmptyState>
            )
          }
        </QueryView>
      </Card>
      <CreateKeyDialog open={creating} onClose={() => setCreating(false)} onSecret={setSecret} />
      <SecretDialog secret={secret} title="Copy your new key now" onClose={() => setSecret(null)}>
        Only a hash of it is kept, so it cannot be shown again. If you lose it, create another and revoke this one.
      </SecretDialog>
      <ConfirmDialog
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        title={`Revoke "${revoking?.name ?? ""}"?`}
        action="Revoke key"
        pending={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate({ id: revoking.id })}
      >
        <p>Every request with this key is refused from now on. This cannot be taken back.</p>
        <p>Make sure your backend already uses another key.</p>
      </ConfirmDialog>
    </>
  );
}
