"use client";

import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import type { AuthorizationResult, IntegrationDetail } from "#server/trpc/views/embed";
import { useSay } from "./language.tsx";
import { useNavigation } from "./navigation.tsx";

type OutcomeProps = {
  result: AuthorizationResult;
  detail: IntegrationDetail;
  /** Tries again; `fresh` connects the other account beside this one. */
  onAgain: (options: { fresh: boolean }) => void;
};

/** An account answered, but the customer has to decide: it is connected already, or it is another one than before. */
export function ConnectOutcome({ result, detail, onAgain }: OutcomeProps) {
  const say = useSay();
  const { go, back } = useNavigation();
  if (result.outcome === "connected") return null;
  if (result.outcome === "duplicate") {
    const { connection } = result;
    return (
      <Card className="p-5">
        <h2 className="font-semibold text-base">{say("connect.duplicate.title")}</h2>
        <p className="mt-1 text-secondary">{say("connect.duplicate.text", { label: connection.accountLabel, name: detail.name })}</p>
        <div className="mt-5 flex flex-wrap gap-2">
          <Button variant="primary" size="lg" onClick={() => go({ name: "connection", connectionId: connection.id })}>
            {say("connect.duplicate.open")}
          </Button>
          <Button size="lg" onClick={() => onAgain({ fresh: true })}>
            {say("connect.duplicate.other")}
          </Button>
        </div>
      </Card>
    );
  }
  return (
    <Card className="p-5">
      <h2 className="font-semibold text-base">{say("connect.different.title")}</h2>
      <p className="mt-1 text-secondary">{say("connect.different.text", { expected: result.expected, got: result.got })}</p>
      <div className="mt-5 flex flex-wrap gap-2">
        <Button variant="primary" size="lg" onClick={() => onAgain({ fresh: false })}>
          {say("connect.different.sign_in", { expected: result.expected })}
        </Button>
        <Button size="lg" onClick={() => onAgain({ fresh: true })}>
          {say("connect.different.second", { got: result.got })}
        </Button>
        <Button variant="ghost" size="lg" onClick={back}>
          {say("common.cancel")}
        </Button>
      </div>
    </Card>
  );
}
