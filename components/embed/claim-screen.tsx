"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { faultOf } from "#components/trpc/fault";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import type { ClaimView, IntegrationDetail } from "#server/trpc/views/embed";
import { ConnectOutcome } from "./connect-outcome.tsx";
import { useConnected } from "./connect-screen.tsx";
import { DeliberateButton } from "./deliberate-button.tsx";
import { useSay } from "./language.tsx";
import { useNavigation } from "./navigation.tsx";
import { ScreenFault, ScreenHead, ScreenSkeleton, StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";

/** Nothing is to be decided (any more): why, and the way to all integrations. */
function Over({ title, text }: { title: string; text: string }) {
  const say = useSay();
  const { replace } = useNavigation();
  return (
    <Card className="mx-auto max-w-[560px] p-5">
      <h1 className="font-semibold text-base">{title}</h1>
      <p className="mt-1 text-secondary">{text}</p>
      <Button variant="primary" size="lg" className="mt-5" onClick={() => replace({ name: "marketplace" })}>
        {say("claim.all")}
      </Button>
    </Card>
  );
}

type QuestionProps = { claim: ClaimView; detail: IntegrationDetail; token: string };

function Question({ claim, detail, token }: QuestionProps) {
  const say = useSay();
  const trpc = useEmbed();
  const { go, emit } = useNavigation();
  const { integrationId, account, name, customer } = claim;
  const onConnected = useConnected(detail, false);
  const take = useMutation(
    trpc.claims.take.mutationOptions({
      onSuccess: onConnected,
      onError: (error) => emit({ type: "connect.failed", integrationId, message: sayFault(error, say).text }),
    }),
  );
  const drop = useMutation(trpc.claims.drop.mutationOptions());
  const error = take.error ?? drop.error;
  if (error && faultOf(error).code === "not_found") return <Over title={say("claim.gone.title")} text={say("claim.gone.text")} />;
  if (drop.isSuccess) return <Over title={say("claim.dropped.title")} text={say("claim.dropped.text", { account, name })} />;
  if (take.data?.outcome === "duplicate")
    return (
      <div className="mx-auto max-w-[560px]">
        <ConnectOutcome result={take.data} detail={detail} onAgain={() => go({ name: "connect", integrationId })} />
      </div>
    );
  const isBusy = take.isPending || drop.isPending || take.data?.outcome === "connected";
  return (
    <div className="mx-auto max-w-[560px]">
      <ScreenHead backTo="all" iconUrl={claim.iconUrl} title={say("claim.title", { account })} />
      <Card className="mt-5 p-5">
        <p>{say("claim.text", { account, name, customer })}</p>
        <p className="mt-1 text-secondary">{say("claim.check")}</p>
        <div className="mt-5 flex flex-wrap gap-2">
          <DeliberateButton
            word={customer}
            variant="primary"
            size="lg"
            pending={take.isPending}
            disabled={isBusy}
            onConfirm={() => take.mutate({ token })}
          >
            {say("claim.connect")}
          </DeliberateButton>
          <Button size="lg" pending={drop.isPending} disabled={isBusy} onClick={() => drop.mutate({ token })}>
            {say("claim.drop")}
          </Button>
        </div>
        {error ? (
          <div className="mt-4">
            <StatusLine tone="bad">{sayFault(error, say).text}</StatusLine>
          </div>
        ) : null}
      </Card>
    </div>
  );
}

/** An account that was installed from the third party's side: the person says whether it is theirs, seeing whose it is and whose it becomes. */
export function ClaimScreen({ token }: { token: string }) {
  const say = useSay();
  const trpc = useEmbed();
  const { replace } = useNavigation();
  const { mutate, data, error, isPending } = useMutation(trpc.claims.look.mutationOptions());
  useEffect(() => mutate({ token }), [mutate, token]);
  const integrationId = data?.integrationId ?? "";
  const detail = useQuery(trpc.marketplace.get.queryOptions({ integrationId }, { enabled: integrationId !== "" }));
  // Taken already, by this customer: the page was loaded again with its address.
  const done = data?.connectionId;
  useEffect(() => {
    if (done) replace({ name: "connection", connectionId: done });
  }, [done, replace]);
  if (error && faultOf(error).code === "not_found") return <Over title={say("claim.gone.title")} text={say("claim.gone.text")} />;
  if (error) return <ScreenFault error={error} retry={() => mutate({ token })} />;
  if (detail.isError) return <ScreenFault error={detail.error} retry={() => void detail.refetch()} />;
  if (isPending || !data || !detail.data || done) return <ScreenSkeleton label={say("claim.loading")} />;
  return <Question claim={data} detail={detail.data} token={token} />;
}
