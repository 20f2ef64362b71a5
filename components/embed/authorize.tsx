"use client";

import { ExternalLink } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import type { AuthorizationResult, IntegrationDetail } from "#server/trpc/views/embed";
import { popupWaiting } from "./authorization-popup";
import type { AuthorizationStage } from "./authorization-stage";
import { ConnectFields, useAnswers } from "./connect-fields.tsx";
import { ConnectOutcome } from "./connect-outcome.tsx";
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
function wordsFor(stage: AuthorizationStage, name: string, vendor: string, problem: Authorization["problem"]): StageWords {
  switch (stage) {
    case "ready":
    case "done":
      return {
        tone: "off",
        title: `Sign in to ${name}`,
        text: `A window of ${name} opens. Sign in there and allow access; ${vendor} never sees your password.`,
        again: `Continue to ${name}`,
      };
    case "opening":
      return { tone: "busy", title: `Opening ${name}`, text: "The window opens in a moment." };
    case "blocked":
      return {
        tone: "wait",
        title: "Your browser blocked the window",
        text: `Open ${name} in this tab instead. You come back here afterwards.`,
      };
    case "waiting":
      return {
        tone: "busy",
        title: `Waiting for you in the ${name} window`,
        text: "Sign in there and allow access. This page goes on by itself.",
        again: "Open the window again",
      };
    case "closed":
      return {
        tone: "wait",
        title: "The window was closed before access was allowed",
        text: "Nothing was connected. If you are still signing in elsewhere, this page goes on by itself.",
        again: "Open the window again",
      };
    case "finishing":
      return { tone: "busy", title: "Checking the account", text: `${name} allowed access. This takes a moment.` };
    case "denied":
      return {
        tone: "wait",
        title: `Access was not allowed in ${name}`,
        text: "Nothing was connected. If that was not intended, try again and choose to allow access.",
        again: "Try again",
      };
    case "expired":
      return {
        tone: "wait",
        title: "That took too long",
        text: "For your safety an attempt is good for ten minutes. Nothing was connected.",
        again: "Try again",
      };
    case "failed":
      if (problem?.code === "insufficient_scope")
        return {
          tone: "bad",
          title: "This account may not share everything that is needed",
          text: `Ask an administrator of your ${name} account to connect it, or sign in with another account.`,
          again: "Try with another account",
        };
      return {
        tone: "bad",
        title: `${name} could not be connected`,
        text: problem?.text ?? `${name} reported a problem. Nothing was connected.`,
        again: "Try again",
      };
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
          <summary className="text-secondary">Details</summary>
          <p className="mt-1.5 break-words rounded-md bg-muted px-3 py-2">{details}</p>
        </details>
      ) : null}
      <div className="mt-5 flex flex-wrap gap-2">{actions}</div>
    </Card>
  );
}

type StageActionsProps = { detail: IntegrationDetail; authorization: Authorization; again: string | undefined; onAgain: () => void };

function StageActions({ detail, authorization, again, onAgain }: StageActionsProps) {
  const { back } = useNavigation();
  const { stage, redirectUrl } = authorization;
  return (
    <>
      {stage === "blocked" && redirectUrl ? (
        <Button asChild variant="primary" size="lg">
          <a href={redirectUrl} target="_top">
            <ExternalLink aria-hidden="true" /> Open {detail.name} in this tab
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
          Cancel
        </Button>
      )}
    </>
  );
}

/** Authorising in a window of the third party, through every way that can end. */
export function Authorize({ resume, ...props }: ConnectMethodProps & { resume: Resume | undefined }) {
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
  const words = wordsFor(stage, detail.name, vendorName, problem);
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
