"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { DraftNotes } from "#components/vendor/connectors/draft-notes.tsx";
import { FaultList } from "#components/vendor/connectors/fault-list.tsx";
import { ImportDialog } from "#components/vendor/connectors/import-dialog.tsx";
import { ManifestEditor } from "#components/vendor/connectors/manifest-editor.tsx";
import { STARTER } from "#components/vendor/connectors/starter";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay, useViewer } from "#components/vendor/viewer-context.tsx";

const PAUSE_MS = 400;

/** The answer to "what is wrong with this text", asked when typing pauses. */
function useCheck(text: string) {
  const trpc = useVendor();
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const check = useMutation(trpc.connectors.check.mutationOptions());
  const { mutate } = check;
  useEffect(() => mutate({ source: asked }), [asked, mutate]);
  return check;
}

function Editor({ start, back }: { start: string; back: { href: string; label: string } }) {
  const trpc = useVendor();
  const router = useRouter();
  const cache = useQueryClient();
  const may = useMay("developer");
  const { origin } = useViewer();
  const [text, setText] = useState(start);
  const [notes, setNotes] = useState<string[]>([]);
  const [goTo, setGoTo] = useState<{ line: number; wish: number } | null>(null);
  const check = useCheck(text);
  const faults = check.data?.faults ?? [];
  const save = useMutation(
    trpc.connectors.save.mutationOptions({
      onSuccess: ({ key, version, created }) => {
        void cache.invalidateQueries(trpc.connectors.pathFilter());
        toast.success(created ? `Version ${version} is kept as a draft` : `This is version ${version} already`);
        router.push(`/connectors/${key}/${version}`);
      },
      onError: (error) => {
        const fault = faultOf(error);
        toast.error("Not saved", { description: fault.detail ?? fault.text });
      },
    }),
  );
  return (
    <>
      <PageHeader
        back={back}
        title={start === STARTER ? "Add a connector" : "New version"}
        description={
          <>
            One file says how to sign in, which calls to make and what comes back. Your editor completes it by{" "}
            <a href="/v1/manifest.schema.json" className="underline underline-offset-2">
              {origin}/v1/manifest.schema.json
            </a>
            .
          </>
        }
        actions={
          <>
            {start === STARTER ? (
              <ImportDialog
                disabled={!may}
                onDraft={(draft) => {
                  setText(draft.source);
                  setNotes(draft.notes);
                }}
              />
            ) : null}
            <Button
              variant="primary"
              disabled={!may || check.isPending || faults.length > 0}
              pending={save.isPending}
              onClick={() => save.mutate({ source: text })}
            >
              Save as draft
            </Button>
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <DraftNotes notes={notes} onDismiss={() => setNotes([])} />
        <ManifestEditor value={text} onChange={setText} goTo={goTo} faulty={new Set(faults.flatMap(({ line }) => line ?? []))} />
        {check.error ? (
          <p role="alert" className="text-danger-text text-sm">
            {faultOf(check.error).detail ?? faultOf(check.error).text}
          </p>
        ) : check.data ? (
          <FaultList faults={faults} onGoTo={(line) => setGoTo((before) => ({ line, wish: (before?.wish ?? 0) + 1 }))} />
        ) : (
          <Skeleton className="h-5 w-40" />
        )}
      </div>
    </>
  );
}

function NextVersion({ base }: { base: { key: string; version: number } }) {
  const trpc = useVendor();
  const query = useQuery(trpc.connectors.version.queryOptions(base));
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-[60vh] w-full" />} back={{ href: "/connectors", label: "Connectors" }}>
      {({ source }) => <Editor start={source} back={{ href: `/connectors/${base.key}`, label: "Connector" }} />}
    </QueryView>
  );
}

/** Where a manifest is written, dropped or pasted; `base` = it is the next version of this one. */
export function NewVersionPage({ base }: { base: { key: string; version: number } | null }) {
  return base ? <NextVersion base={base} /> : <Editor start={STARTER} back={{ href: "/connectors", label: "Connectors" }} />;
}
