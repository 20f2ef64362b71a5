"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { type Fault, faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardFooter } from "#components/ui/card.tsx";
import { isHex } from "#components/ui/contrast";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { LookFields } from "#components/vendor/branding-fields.tsx";
import { BrandingHistory } from "#components/vendor/branding-history.tsx";
import { BrandingPreview } from "#components/vendor/branding-preview.tsx";
import { WordsFields } from "#components/vendor/branding-words.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay, useViewer } from "#components/vendor/viewer-context.tsx";
import type { BrandingView } from "#server/domains/branding/get-branding";
import type { Language } from "#server/words/languages";
import { toBranding, toLook } from "./branding-look";

/** Saving against the revision that is on screen; what was refused stays marked until it is saved. */
function useSave() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [fault, setFault] = useState<Fault | null>(null);
  const update = useMutation(
    trpc.branding.update.mutationOptions({
      onSuccess: () => {
        setFault(null);
        void cache.invalidateQueries(trpc.branding.pathFilter());
        toast.success("Branding saved", { description: "Marketplaces opened from now on look like this." });
      },
      onError: (error) => {
        const next = faultOf(error);
        setFault(next);
        if (!next.fields) toast.error("Not saved", { description: next.detail ?? next.text });
      },
    }),
  );
  const messageFor = (path: string) => fault?.fields?.[`branding.${path}`]?.[0] ?? fault?.fields?.[path]?.[0] ?? null;
  return { update, messageFor };
}

const isColour = (value: string) => value === "" || isHex(value);

function Editor({ view: { branding, n } }: { view: BrandingView }) {
  const may = useMay("admin");
  const stored = toLook(branding);
  const [look, setLook] = useState(stored);
  const [language, setLanguage] = useState<Language>("en");
  const { update, messageFor } = useSave();
  const changed = JSON.stringify(toBranding(look)) !== JSON.stringify(toBranding(stored));
  const isReady = isHex(look.accent) && isColour(look.background) && isColour(look.surface);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) update.mutate({ branding: toBranding(look), n });
  };
  const footer = (
    <CardFooter>
      <Button variant="ghost" disabled={!changed} onClick={() => setLook(stored)}>
        Discard
      </Button>
      <Button type="submit" variant="primary" disabled={!may || !changed || !isReady} pending={update.isPending}>
        Save branding
      </Button>
    </CardFooter>
  );
  return (
    <div className="grid grid-cols-1 items-start gap-6 xl:grid-cols-[minmax(0,460px)_minmax(0,1fr)]">
      <form onSubmit={submit} className="min-w-0">
        <Tabs defaultValue="look">
          <TabsList aria-label="Branding">
            <TabsTrigger value="look">Look</TabsTrigger>
            <TabsTrigger value="words">Words</TabsTrigger>
            <TabsTrigger value="history">History</TabsTrigger>
          </TabsList>
          <TabsContent value="look">
            <Card>
              <LookFields look={look} set={(change) => setLook({ ...look, ...change })} disabled={!may} messageFor={messageFor} />
              {footer}
            </Card>
          </TabsContent>
          <TabsContent value="words">
            <Card>
              <WordsFields
                words={look.words}
                language={language}
                onLanguage={setLanguage}
                onChange={(words) => setLook({ ...look, words })}
                disabled={!may}
                messageFor={messageFor}
              />
              {footer}
            </Card>
          </TabsContent>
          <TabsContent value="history">
            <Card>
              <BrandingHistory n={n} disabled={!may || changed} />
            </Card>
          </TabsContent>
        </Tabs>
      </form>
      <BrandingPreview look={look} language={language} onLanguage={setLanguage} />
    </div>
  );
}

export function BrandingPage() {
  const trpc = useVendor();
  const { environment } = useViewer();
  const query = useQuery(trpc.branding.get.queryOptions());
  return (
    <>
      <PageHeader
        title="Branding"
        description={`How the marketplace looks and what it says inside your product, in ${environment.kind}.`}
      />
      <QueryView
        query={query}
        skeleton={
          <div className="grid grid-cols-1 gap-6 xl:grid-cols-[minmax(0,460px)_minmax(0,1fr)]">
            <Card className="h-[640px]" />
            <Card className="h-[620px]" />
          </div>
        }
      >
        {(view) => <Editor key={view.n} view={view} />}
      </QueryView>
    </>
  );
}
