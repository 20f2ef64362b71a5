"use client";

import { ExternalLink } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import type { AuthorizationResult, IntegrationDetail } from "#server/trpc/views/embed";
import type { Say } from "#server/words/say";
import { popupWaiting } from "./authorization-popup";
import type { AuthorizationStage } from "./authorization-stage";
import { ConnectFields, useAnswers } from "./connect-fields.tsx";
import { ConnectOutcome } from "./connect-outcome.tsx";
import { useSay } from "./language.tsx";
import { type Resume, useNavigation } from "./navigation.tsx";
import { StatusLine } from "./parts.tsx";
import { type Authorization, useAuthorization } from "./use-authorization";
import type { Tone } from "./words";

export type ConnectMethodProps = {
  detail: IntegrationDetail;
  connectionId: string | undefined;
  vendorName: string;
  onConnected: (result: AuthorizationResult) => void;
  started: () => void;
  failed: (message: string) => void;
};

type StageWords = { tone: Tone; title: string; text: string; again?: string };

/** What each stage says, in the customer's words. */
function wordsFor(
  stage: AuthorizationStage,
  names: { name: string; vendor: string },
  problem: Authorization["problem"],
  say: Say,
): StageWords {
  const again = say("common.try_again");
  const told = (key: Exclude<AuthorizationStage, "done">, tone: Tone, action?: string): StageWords => ({
    tone,
    title: say(`connect.${key}.title`, names),
    text: say(`connect.${key}.text`, names),
    ...(action === undefined ? {} : { again: action }),
  });
  switch (stage) {
    case "ready":
    case "done":
      return told("ready", "off", say("connect.ready.action", names));
    case "opening":
    case "finishing":
      return told(stage, "busy");
    case "blocked":
      return told(stage, "wait");
    case "waiting":
      return told(stage, "busy", say("connect.window_again"));
    case "closed":
      return told(stage, "wait", say("connect.window_again"));
    case "denied":
    case "expired":
      return told(stage, "wait", again);
    case "failed":
      if (problem?.code === "insufficient_scope")
        return {
          tone: "bad",
          title: say("connect.scope.title"),
          text: say("connect.scope.text", names),
          again: say("connect.scope.action"),
        };
      // That it goes on by itself, as a sync does, would not be true here.
      return { ...told(stage, "bad", again), ...(problem && !problem.code.startsWith("provider_") ? { text: problem.text } : {}) };
  }
}

function StageCard({
  stage,
  words,
  actions,
  details,
}: {
  stage: AuthorizationStage;
  words: StageWords;
  actions: ReactNode;
  details: string | null;
}) {
  const say = useSay();
  return (
    <Card className="p-5">
      <div aria-live="polite">
        {stage === "ready" || stage === "done" ? (
          <h2 className="font-semibold text-base">{words.title}</h2>
        ) : (
          <h2 className="font-semibold text-base">
            <StatusLine tone={words.tone}>
              <span className="text-base">{words.title}</span>
            </StatusLine>
          </h2>
        )}
        <p className="mt-1.5 max-w-[60ch] text-secondary">{words.text}</p>
      </div>
      {details ? (
        <details className="mt-3 text-sm">
          <summary className="text-secondary">{say("common.details")}</summary>
          <p className="mt-1.5 break-words rounded-md bg-muted px-3 py-2">{details}</p>
        </details>
      ) : null}
      <div className="mt-5 flex flex-wrap gap-2">{actions}</div>
    </Card>
  );
}

type StageActionsProps = { detail: IntegrationDetail; authorization: Authorization; again: string | undefined; onAgain: () => void };

function StageActions({ detail, authorization, again, onAgain }: StageActionsProps) {
  const say = useSay();
  const { back } = useNavigation();
  const { stage, redirectUrl } = authorization;
  return (
    <>
      {stage === "blocked" && redirectUrl ? (
        <Button asChild variant="primary" size="lg">
          <a href={redirectUrl} target="_top">
            <ExternalLink aria-hidden="true" /> {say("connect.blocked.action", { name: detail.name })}
          </a>
        </Button>
      ) : null}
      {again ? (
        <Button variant={stage === "waiting" ? "secondary" : "primary"} size="lg" onClick={onAgain}>
          {again}
        </Button>
      ) : null}
      {stage === "finishing" ? null : (
        <Button variant="ghost" size="lg" onClick={back}>
          {say("common.cancel")}
        </Button>
      )}
    </>
  );
}

/** Authorising in a window of the third party, through every way that can end. */
export function Authorize({ resume, ...props }: ConnectMethodProps & { resume: Resume | undefined }) {
  const say = useSay();
  const { detail, connectionId, vendorName, onConnected, started, failed } = props;
  const form = useAnswers(detail.fields);
  const authorization = useAuthorization(
    { integrationId: detail.id, integrationName: detail.name, ...(connectionId ? { connectionId } : {}) },
    resume,
  );
  const { stage, result, problem } = authorization;
  const start = (options: { fresh?: boolean } = {}) => {
    if (!form.check()) return;
    started();
    authorization.start({ ...options, config: form.answers });
  };

  // The click that led here has already opened the window.
  const auto = useRef({ start, pending: true });
  useEffect(() => {
    if (!auto.current.pending) return;
    auto.current.pending = false;
    if (popupWaiting()) auto.current.start();
  }, []);

  useEffect(() => {
    if (result) onConnected(result);
  }, [result, onConnected]);
  const ended = stage === "denied" || stage === "failed" || stage === "expired" ? stage : null;
  const tell = useRef(failed);
  tell.current = failed;
  useEffect(() => {
    if (ended) tell.current(ended);
  }, [ended]);

  if (result && result.outcome !== "connected") return <ConnectOutcome result={result} detail={detail} onAgain={start} />;
  const words = wordsFor(stage, { name: detail.name, vendor: vendorName }, problem, say);
  return (
    <div className="space-y-4">
      {stage === "ready" && detail.fields.length > 0 ? <ConnectFields fields={detail.fields} form={form} /> : null}
      <StageCard
        stage={stage}
        words={words}
        details={stage === "failed" || stage === "denied" ? (problem?.detail ?? null) : null}
        actions={<StageActions detail={detail} authorization={authorization} again={words.again} onAgain={() => start()} />}
      />
    </div>
  );
}
