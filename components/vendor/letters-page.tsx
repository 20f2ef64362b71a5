"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Facts } from "#components/vendor/facts.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import type { LetterPreviewView } from "#server/trpc/views/feed";

const LANGUAGES = [
  { value: "en", label: "English" },
  { value: "de", label: "Deutsch" },
  { value: "fr", label: "Français" },
  { value: "es", label: "Español" },
  { value: "ja", label: "日本語" },
  { value: "ar", label: "العربية" },
] as const;
type Language = (typeof LANGUAGES)[number]["value"];

const TITLES: Record<LetterPreviewView["kind"], { title: string; when: string }> = {
  invite: { title: "Invitation to connect", when: "When a customer asks a colleague to connect an account." },
  reauth: { title: "Connect again", when: "Once, when an account of a customer has ended its access." },
  endpointOff: { title: "Webhooks switched off", when: "To your owners and admins, when we switched an endpoint off." },
  digest: { title: "Summary", when: "To your team, weekly or daily as each member chooses, when there is something to say." },
};

function Preview({ letter, ourName }: { letter: LetterPreviewView; ourName: string }) {
  const { title, when } = TITLES[letter.kind];
  return (
    <Card>
      <CardHeader title={title} description={when} />
      <CardBody className="flex flex-col gap-4">
        <Facts
          className="grid-cols-1 sm:grid-cols-2 lg:grid-cols-2"
          facts={[
            { term: "From", value: <bdi>{letter.from ?? ourName}</bdi> },
            { term: "Answers go to", value: letter.replyTo ?? "nobody" },
          ]}
        />
        <Facts className="grid-cols-1 sm:grid-cols-1 lg:grid-cols-1" facts={[{ term: "Subject", value: <bdi>{letter.subject}</bdi> }]} />
        {/* No script runs in it and it reaches nothing of ours; a logo is loaded as a mail program would. */}
        <iframe
          title={`${title}: ${letter.subject}`}
          srcDoc={letter.html}
          sandbox=""
          className="h-[440px] w-full rounded-md border border-hairline bg-white"
        />
      </CardBody>
    </Card>
  );
}

/** Every letter as it would be sent now. */
export function LettersPage() {
  const trpc = useVendor();
  const [language, setLanguage] = useState<Language>("en");
  const query = useQuery(trpc.letters.preview.queryOptions({ language }));
  return (
    <>
      <PageHeader
        back={{ href: "/settings", label: "Settings" }}
        title="Letters"
        description="What we write to your customers in your name, and to your team, with made-up names."
      />
      <div className="flex max-w-[760px] flex-col gap-6">
        <Field label="Language of your customers" className="max-w-[240px]" hint="Letters to your team are in English.">
          <Select<Language> value={language} onChange={setLanguage} options={LANGUAGES} />
        </Field>
        <QueryView query={query} skeleton={<Skeleton className="h-[520px] w-full" />}>
          {(letters) => letters.map((letter) => <Preview key={letter.kind} letter={letter} ourName="This installation" />)}
        </QueryView>
      </div>
    </>
  );
}
