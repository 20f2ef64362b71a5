"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field, FieldError } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { type Credential, CredentialForm, emptyCredential, toSend } from "#components/vendor/connectors/credential-form.tsx";
import { TrialView } from "#components/vendor/connectors/trial-view.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import type { SetUp } from "#server/domains/connectors/set-up";
import type { TrialResult, TrialStep } from "#server/domains/connectors/trial";

type Props = { connectorKey: string; version: number };
type Shown = { step: TrialStep; object: string; result: TrialResult };

const LABEL: Record<TrialStep, string> = {
  check: "Check",
  identify: "Identify",
  first: "First page",
  next: "Next page",
  changes: "Changes since",
};

const aDayAgo = () => new Date(Date.now() - 86_400_000).toISOString().slice(0, 16);

/** Asks for one step after the other; remembers the answers and where the last page ended. */
function useTrials({ connectorKey, version }: Props) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [shown, setShown] = useState<Shown | null>(null);
  const [cursors, setCursors] = useState<Record<string, string | null>>({});
  const attempt = useMutation(
    trpc.connectors.try.mutationOptions({
      onSuccess: (result, { step, object }) => {
        setShown({ step, object, result });
        if (step === "first" || step === "next") setCursors({ ...cursors, [object]: result.done || result.problem ? null : result.cursor });
        void cache.invalidateQueries(trpc.connectors.version.queryFilter({ key: connectorKey, version }));
      },
    }),
  );
  const run = (step: TrialStep, object: string, credential: Credential, since: string) =>
    attempt.mutate({
      ...{ key: connectorKey, version, step, object, credential: toSend(credential) },
      wish: {
        cursor: step === "next" ? (cursors[object] ?? null) : null,
        since: step === "changes" ? new Date(since).toISOString() : null,
      },
    });
  return { shown, cursors, attempt, run };
}

function Steps({ setUp, ...props }: Props & { setUp: SetUp }) {
  const { shown, cursors, attempt, run } = useTrials(props);
  const [credential, setCredential] = useState(() => emptyCredential(setUp));
  const [object, setObject] = useState(setUp.objects[0]?.key ?? "");
  const [since, setSince] = useState(aDayAgo);
  const spec = setUp.objects.find(({ key }) => key === object);
  const fault = attempt.error ? faultOf(attempt.error) : null;
  const pending = attempt.isPending ? attempt.variables.step : null;
  const step = (one: TrialStep, disabled = false) => (
    <Button
      key={one}
      pending={pending === one}
      disabled={disabled || (pending !== null && pending !== one)}
      onClick={() => run(one, one === "check" || one === "identify" ? "" : object, credential, since)}
    >
      {LABEL[one]}
    </Button>
  );
  return (
    <div className="grid gap-6 lg:grid-cols-[320px_minmax(0,1fr)]">
      <Card className="self-start">
        <CardHeader title="Try it" description="What you enter is used for the tries and kept nowhere." />
        <CardBody className="flex flex-col gap-4">
          <CredentialForm setUp={setUp} value={credential} onChange={setCredential} />
          <fieldset className="flex flex-wrap gap-2" aria-label="Credential">
            {step("check")}
            {step("identify")}
          </fieldset>
          <hr className="border-hairline" />
          <Field label="Object">
            <Select value={object} onChange={setObject} options={setUp.objects.map(({ key, title }) => ({ value: key, label: title }))} />
          </Field>
          <fieldset className="flex flex-wrap gap-2" aria-label="Pages">
            {step("first")}
            {step("next", !cursors[object])}
          </fieldset>
          {spec?.changes ? (
            <>
              <Field label="Since">
                <Input type="datetime-local" value={since} onChange={(event) => setSince(event.target.value)} />
              </Field>
              <div>{step("changes", since === "")}</div>
            </>
          ) : null}
          {fault ? (
            <FieldError>
              {fault.fields
                ? Object.entries(fault.fields)
                    .map(([path, [message]]) => `${path}: ${message}`)
                    .join("; ")
                : (fault.detail ?? fault.text)}
            </FieldError>
          ) : null}
        </CardBody>
      </Card>
      <section aria-label="Result" aria-live="polite" aria-busy={pending !== null} className="min-w-0">
        {shown ? (
          <TrialView title={LABEL[shown.step]} result={shown.result} />
        ) : (
          <Card>
            <EmptyState title="Nothing tried yet">
              Enter a credential and press Check: the request and the answer appear here, with what is made of them.
            </EmptyState>
          </Card>
        )}
      </section>
    </div>
  );
}

/** The request console of a version: credential, call, pager, fields, each step raw and parsed. */
export function Console(props: Props) {
  const trpc = useVendor();
  const query = useQuery(trpc.connectors.setUp.queryOptions({ key: props.connectorKey, version: props.version }));
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-80 w-full" />}>
      {(setUp) => <Steps setUp={setUp} {...props} />}
    </QueryView>
  );
}
