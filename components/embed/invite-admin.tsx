"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link2, Mail } from "lucide-react";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { IntegrationDetail, LinkProgress } from "#server/trpc/views/embed";
import { sayAround, useSay } from "./language.tsx";
import { useNavigation } from "./navigation.tsx";
import { StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";
import type { Tone } from "./words";

type InviteProps = { detail: IntegrationDetail; connectionId: string | undefined; vendorName: string };

const LOOK_MS = 4_000;
const TONE: Record<LinkProgress["state"], Tone> = { sent: "wait", opened: "busy", connected: "good", expired: "off" };

/** How far the link is, and the way on once it has done its work. */
function Progress({ progress }: { progress: LinkProgress }) {
  const say = useSay();
  const { go } = useNavigation();
  const { state, createdAt, connectionId } = progress;
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2" aria-live="polite">
      <StatusLine tone={TONE[state]}>
        {say(`invite.state.${state}`)}{" "}
        <span className="text-secondary">{sayAround(say, "invite.made", { when: <RelativeTime date={createdAt} /> })}</span>
      </StatusLine>
      {connectionId ? (
        <Button variant="primary" size="lg" onClick={() => go({ name: "connection", connectionId })}>
          {say("invite.open")}
        </Button>
      ) : null}
    </div>
  );
}

type Ask = { email?: string };

/** To whom we send it; or a link to send oneself. */
function Choose({ again, pending, onAsk }: { again: boolean; pending: boolean; onAsk: (ask: Ask) => void }) {
  const say = useSay();
  const [email, setEmail] = useState("");
  return (
    <div className="space-y-4">
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          onAsk({ email: email.trim() });
        }}
      >
        <Field label={say("invite.email")} className="min-w-0 flex-1 basis-64">
          <Input
            className="h-9"
            type="email"
            autoComplete="off"
            dir="ltr"
            maxLength={200}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <Button type="submit" size="lg" disabled={!email.includes("@")} pending={pending && email !== ""}>
          <Mail aria-hidden="true" /> {say("invite.send")}
        </Button>
      </form>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="text-secondary">{say("invite.or")}</p>
        <Button size="lg" pending={pending && email === ""} disabled={pending} onClick={() => onAsk({})}>
          <Link2 aria-hidden="true" /> {say(again ? "invite.again" : "invite.action")}
        </Button>
      </div>
    </div>
  );
}

/** For who may not connect the account themselves: a link to send to who may, and how far that is. */
export function InviteAdmin({ detail, connectionId, vendorName }: InviteProps) {
  const say = useSay();
  const trpc = useEmbed();
  const cache = useQueryClient();
  const input = { integrationId: detail.id };
  const progress = useQuery(
    trpc.connect.invited.queryOptions(input, {
      refetchInterval: ({ state }) => (state.data?.state === "sent" || state.data?.state === "opened" ? LOOK_MS : false),
    }),
  );
  const make = useMutation(
    trpc.connect.invite.mutationOptions({ onSuccess: () => cache.invalidateQueries({ queryKey: trpc.connect.invited.queryKey(input) }) }),
  );
  const known = progress.data ?? null;
  return (
    <details className="group mt-4 text-sm" open={known !== null && known.state !== "expired" ? true : undefined}>
      <summary className="w-fit cursor-pointer rounded-sm text-secondary hover:text-foreground">{say("invite.ask")}</summary>
      <Card className="mt-3 space-y-4 p-5">
        <div>
          <h2 className="font-semibold text-base">{say("invite.title")}</h2>
          <p className="mt-1 max-w-[60ch] text-secondary">{say("invite.text", { name: detail.name, vendor: vendorName })}</p>
        </div>
        {make.data && make.variables.email ? (
          <StatusLine tone="good">{say("invite.mailed", { email: make.variables.email })}</StatusLine>
        ) : null}
        {make.data && !make.variables.email ? (
          <div className="flex flex-wrap items-end gap-2">
            <div className="min-w-0 flex-1 basis-64">
              <Field label={say("invite.label")}>
                <Input readOnly className="h-9" value={make.data.url} onFocus={(event) => event.target.select()} />
              </Field>
            </div>
            <CopyButton value={make.data.url} label={say("invite.copy")} showLabel size="lg" />
          </div>
        ) : null}
        {known ? <Progress progress={known} /> : null}
        {make.error ? <StatusLine tone="bad">{sayFault(make.error, say).text}</StatusLine> : null}
        {make.data ? null : (
          <Choose
            again={known !== null}
            pending={make.isPending}
            onAsk={(ask) => make.mutate({ ...input, ...ask, ...(connectionId ? { connectionId } : {}) })}
          />
        )}
      </Card>
    </details>
  );
}
