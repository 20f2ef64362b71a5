"use client";

import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import type { ConnectMethodProps } from "./authorize.tsx";
import { ConnectFields, useAnswers } from "./connect-fields.tsx";
import { ConnectOutcome } from "./connect-outcome.tsx";
import { useSay } from "./language.tsx";
import { useNavigation } from "./navigation.tsx";
import { StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";

/** Connecting with a key. It is tried at the third party before it is kept. */
export function KeyForm({ detail, connectionId, vendorName, onConnected, started, failed }: ConnectMethodProps) {
  const say = useSay();
  const trpc = useEmbed();
  const { back } = useNavigation();
  const form = useAnswers(detail.fields);
  const submit = useMutation(
    trpc.connect.submitKey.mutationOptions({
      onSuccess: onConnected,
      onError: (error) => {
        const fault = sayFault(error, say);
        const marked = Object.entries(fault.fields ?? {}).map(([path, words]) => [path.replace(/^fields\./, ""), words.join(" ")] as const);
        form.refuse(Object.fromEntries(marked));
        failed(fault.code);
      },
    }),
  );
  const send = (fresh: boolean) => {
    if (!form.check()) return;
    started();
    submit.mutate({ integrationId: detail.id, fields: form.answers, ...(connectionId && !fresh ? { connectionId } : {}) });
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send(false);
  };
  if (submit.data && submit.data.outcome !== "connected") {
    return <ConnectOutcome result={submit.data} detail={detail} onAgain={({ fresh }) => (fresh ? send(true) : submit.reset())} />;
  }
  const refusal = submit.error ? sayFault(submit.error, say) : null;
  // What is said at a field already is not said twice.
  const fault = refusal?.fields && Object.keys(refusal.fields).length > 0 ? null : refusal;
  return (
    <Card className="p-5">
      <form onSubmit={onSubmit} noValidate>
        <ConnectFields fields={detail.fields} form={form} />
        {fault ? (
          <div className="mt-4 rounded-md bg-danger-soft px-3 py-2.5" role="alert">
            <StatusLine tone="bad">
              {fault.code === "reauth_required" ? say("connect.key.refused", { name: detail.name }) : fault.text}
              {fault.detail && fault.code !== "reauth_required" ? <span className="block text-secondary">{fault.detail}</span> : null}
            </StatusLine>
          </div>
        ) : null}
        <p className="mt-4 text-secondary text-xs">{say("connect.key.note", { name: detail.name, vendor: vendorName })}</p>
        <div className="mt-5 flex flex-wrap gap-2">
          <Button type="submit" variant="primary" size="lg" pending={submit.isPending}>
            {say("connect.key.action")}
          </Button>
          <Button variant="ghost" size="lg" onClick={back}>
            {say("common.cancel")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
