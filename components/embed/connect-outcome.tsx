"use client";

import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import type { AuthorizationResult, IntegrationDetail } from "#server/trpc/views/embed";
import { useNavigation } from "./navigation.tsx";

type OutcomeProps = {
  result: AuthorizationResult;
  detail: IntegrationDetail;
  /** Tries again; `fresh` connects the other account beside this one. */
  onAgain: (options: { fresh: boolean }) => void;
};

/** An account answered, but the customer has to decide: it is connected already, or it is another one than before. */
export function ConnectOutcome({ result, detail, onAgain }: OutcomeProps) {
  const { go, back } = useNavigation();
  if (result.outcome === "connected") return null;
  if (result.outcome === "duplicate") {
    const { connection } = result;
    return (
      <Card className="p-5">
        <h2 className="font-semibold text-base">This account is already connected</h2>
        <p className="mt-1 text-secondary">
          “{connection.accountLabel}” has been connected here before. Nothing was changed. To connect a different account, sign out of{" "}
          {detail.name} first.
        </p>
        <div className="mt-5 flex flex-wrap gap-2">
          <Button variant="primary" size="lg" onClick={() => go({ name: "connection", connectionId: connection.id })}>
            Open it
          </Button>
          <Button size="lg" onClick={() => onAgain({ fresh: true })}>
            Try another account
          </Button>
        </div>
      </Card>
    );
  }
  return (
    <Card className="p-5">
      <h2 className="font-semibold text-base">That is a different account</h2>
      <p className="mt-1 text-secondary">
        This connection belongs to “{result.expected}”, and you signed in to “{result.got}”. Nothing was changed, so that the records of two
        accounts do not mix.
      </p>
      <div className="mt-5 flex flex-wrap gap-2">
        <Button variant="primary" size="lg" onClick={() => onAgain({ fresh: false })}>
          Sign in to “{result.expected}”
        </Button>
        <Button size="lg" onClick={() => onAgain({ fresh: true })}>
          Connect “{result.got}” as a second account
        </Button>
        <Button variant="ghost" size="lg" onClick={back}>
          Cancel
        </Button>
      </div>
    </Card>
  );
}
