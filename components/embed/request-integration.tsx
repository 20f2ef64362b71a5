"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { useSay } from "./language.tsx";
import { StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";

/** Asks the vendor for an integration. `asked`: this customer has, now or before. */
function useRequest(name: string) {
  const say = useSay();
  const trpc = useEmbed();
  const cache = useQueryClient();
  const own = useQuery(trpc.marketplace.requested.queryOptions());
  const request = useMutation(
    trpc.marketplace.request.mutationOptions({
      onSuccess: (_, { name: said }) =>
        cache.setQueryData(trpc.marketplace.requested.queryKey(), (before: string[] | undefined) => [said, ...(before ?? [])]),
    }),
  );
  const asked = name !== "" && (own.data?.some((said) => said.toLowerCase() === name.toLowerCase()) ?? false);
  return { request, asked, problem: request.error ? sayFault(request.error, say).text : null };
}

/** "Ask Acme for a tool", under a search that found nothing and on what is only announced. */
export function RequestButton({ name, vendorName }: { name: string; vendorName: string }) {
  const say = useSay();
  const { request, asked, problem } = useRequest(name);
  if (asked) return <StatusLine tone="good">{say("request.known", { vendor: vendorName, name })}</StatusLine>;
  return (
    <div className="flex flex-col items-center gap-2">
      <Button variant="primary" size="lg" pending={request.isPending} onClick={() => request.mutate({ name })}>
        {say("request.ask", { vendor: vendorName, name })}
      </Button>
      {problem ? <StatusLine tone="bad">{problem}</StatusLine> : null}
    </div>
  );
}

/** The same for a tool that stands in no list, at the end of the catalogue. */
export function RequestForm({ vendorName }: { vendorName: string }) {
  const say = useSay();
  const [name, setName] = useState("");
  const [sent, setSent] = useState("");
  const { request, problem } = useRequest(sent);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === "") return;
    request.mutate(
      { name: wanted },
      {
        onSuccess: () => {
          setSent(wanted);
          setName("");
        },
      },
    );
  };
  return (
    <section className="mt-8 border-hairline border-t pt-5">
      <form noValidate onSubmit={submit} className="flex max-w-[560px] items-end gap-2">
        <Field label={say("request.label")} className="flex-1" error={problem}>
          <Input
            className="h-9"
            value={name}
            maxLength={80}
            placeholder={say("request.placeholder")}
            onChange={(event) => {
              setName(event.target.value);
              setSent("");
            }}
          />
        </Field>
        <Button type="submit" size="lg" disabled={name.trim() === ""} pending={request.isPending}>
          {say("request.submit")}
        </Button>
      </form>
      <div className="mt-2 min-h-5">
        {sent ? (
          <StatusLine tone="good">{say("request.known", { vendor: vendorName, name: sent })}</StatusLine>
        ) : (
          <p className="text-secondary text-sm">{say("market.asks", { vendor: vendorName })}</p>
        )}
      </div>
    </section>
  );
}
