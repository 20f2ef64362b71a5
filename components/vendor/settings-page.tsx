"use client";

import { useMutation } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { checkOrigin } from "#components/vendor/allowed-origins";
import { CopyField } from "#components/vendor/copy-field.tsx";
import { EmbedKeysCard } from "#components/vendor/embed-keys-card.tsx";
import { backendSnippet, curlSnippet, pageSnippet } from "#components/vendor/embed-snippets";
import { LettersCard } from "#components/vendor/letters-card.tsx";
import { OwnOriginCard } from "#components/vendor/own-origin-card.tsx";
import { useMay, useViewer } from "#components/vendor/viewer-context.tsx";

function AllowedOrigins() {
  const trpc = useVendor();
  const router = useRouter();
  const { environment } = useViewer();
  const may = useMay("admin");
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);
  const origins = environment.allowedOrigins;
  const update = useMutation(
    trpc.environment.update.mutationOptions({
      onSuccess: () => {
        setText("");
        setError(null);
        toast.success("Allowed origins saved");
        router.refresh(); // the viewer comes from the server's layout
      },
      onError: (cause) => {
        const fault = faultOf(cause);
        setError(fault.fields?.["allowedOrigins"]?.[0] ?? fault.detail ?? fault.text);
      },
    }),
  );
  const add = (event: FormEvent) => {
    event.preventDefault();
    const check = checkOrigin(text, environment.kind);
    if (!check.ok) setError(check.message);
    else if (origins.includes(check.origin)) setError("This origin is already in the list.");
    else update.mutate({ allowedOrigins: [...origins, check.origin] });
  };
  return (
    <Card>
      <CardHeader
        title="Allowed origins"
        description="Only pages of these origins may show the marketplace. Every other page gets a refusal from the browser itself."
      />
      {origins.length > 0 ? (
        <ul className="divide-y divide-hairline border-hairline border-b">
          {origins.map((origin) => (
            <li key={origin} className="flex h-10 items-center justify-between gap-3 ps-4 pe-3 sm:ps-5">
              <code className="truncate">{origin}</code>
              {may ? (
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`Remove ${origin}`}
                  disabled={update.isPending}
                  onClick={() => update.mutate({ allowedOrigins: origins.filter((other) => other !== origin) })}
                >
                  <X aria-hidden="true" />
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : (
        <p className="border-hairline border-b px-4 py-3 text-secondary text-sm sm:px-5">No page may show it yet.</p>
      )}
      <CardBody>
        <form noValidate onSubmit={add} className="flex max-w-[560px] items-start gap-2">
          <Field
            label="Add an origin"
            className="flex-1"
            error={error}
            hint={environment.kind === "test" ? "https, or http for localhost." : "https only in live."}
          >
            <Input
              value={text}
              disabled={!may}
              onChange={(event) => {
                setText(event.target.value);
                setError(null);
              }}
              placeholder="https://app.example.com"
              spellCheck={false}
            />
          </Field>
          <Button type="submit" className="mt-[25px]" disabled={!may || text.trim() === ""} pending={update.isPending}>
            <Plus aria-hidden="true" />
            Add
          </Button>
        </form>
      </CardBody>
    </Card>
  );
}

function EmbedCode() {
  const { origin, environment } = useViewer();
  const facts = { origin, publishableKey: environment.publishableKey };
  return (
    <Card>
      <CardHeader
        title="Embed code"
        description="Two pieces: your backend mints a session for the signed-in customer, your page opens the marketplace with it."
      />
      <CardBody>
        <Tabs defaultValue="page">
          <TabsList aria-label="Embed code">
            <TabsTrigger value="page">Your page</TabsTrigger>
            <TabsTrigger value="backend">Your backend</TabsTrigger>
            <TabsTrigger value="curl">curl</TabsTrigger>
          </TabsList>
          <TabsContent value="page">
            <CodeBlock label="page code" code={pageSnippet(facts)} />
          </TabsContent>
          <TabsContent value="backend">
            <CodeBlock label="backend code" code={backendSnippet(facts)} />
          </TabsContent>
          <TabsContent value="curl">
            <CodeBlock label="curl command" code={curlSnippet(facts)} />
          </TabsContent>
        </Tabs>
      </CardBody>
    </Card>
  );
}

export function SettingsPage() {
  const { environment, vendor, origin } = useViewer();
  return (
    <>
      <PageHeader title="Settings" description={`Of ${vendor.name}, ${environment.kind} environment.`} />
      <div className="flex max-w-[760px] flex-col gap-6">
        <Card>
          <CardHeader title="Keys and addresses" description="These may be public; the secret key is under API keys." />
          <CardBody className="flex flex-col gap-4">
            <CopyField label="Publishable key" value={environment.publishableKey} hint="Names your environment in the embed code." />
            <CopyField label="API address" value={`${origin}/v1`} />
          </CardBody>
        </Card>
        <AllowedOrigins />
        <OwnOriginCard />
        <EmbedCode />
        <EmbedKeysCard />
        <LettersCard />
      </div>
    </>
  );
}
