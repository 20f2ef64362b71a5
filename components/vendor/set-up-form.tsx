"use client";

import { CircleAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { CopyField } from "#components/vendor/copy-field.tsx";
import { Logo } from "#components/vendor/logo.tsx";

type Keys = { publishableKey: string; secretKey: string };
type Refusal = { text: string; issues: { path: string; message: string }[] };

const UNREACHABLE = "The server could not be reached. Check your connection and try again.";

/** Sends the form with the token of the link, which stands behind the `#` and so reaches no server's log by itself. */
async function send(fields: { name: string; email: string }): Promise<Keys | Refusal> {
  try {
    const answer = await fetch("/api/setup", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...fields, token: window.location.hash.slice(1) }),
    });
    const body = await answer.json();
    if (answer.ok) return body as Keys;
    return { text: String(body.detail ?? UNREACHABLE), issues: body.issues ?? [] };
  } catch {
    return { text: UNREACHABLE, issues: [] };
  }
}

/** The first run: names the product and its owner. */
export function SetUpForm() {
  const [fields, setFields] = useState({ name: "", email: "" });
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [keys, setKeys] = useState<Keys | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    const outcome = await send(fields);
    setPending(false);
    if ("text" in outcome) return setRefusal(outcome);
    window.history.replaceState(null, "", "/setup");
    setKeys(outcome);
  };
  if (keys) return <FirstKeys name={fields.name} keys={keys} />;
  const errorOf = (field: string) => refusal?.issues.find(({ path }) => path === field)?.message ?? null;
  return (
    <>
      <Logo className="mb-6" />
      <h1 className="font-semibold text-xl tracking-[-0.012em]">Set up Inlay</h1>
      <p className="mt-1 mb-6 text-secondary">Name the product that will show the marketplace, and who owns it here.</p>
      {refusal && refusal.issues.length === 0 ? (
        <p role="alert" className="mb-4 flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2 text-danger-text text-sm">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 stroke-[1.75]" />
          {refusal.text}
        </p>
      ) : null}
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field label="Name of your product" hint="Your customers see it in the marketplace." error={errorOf("name")}>
          <Input
            name="name"
            className="h-9"
            autoComplete="organization"
            value={fields.name}
            onChange={(event) => setFields({ ...fields, name: event.target.value })}
            placeholder="Acme CRM"
          />
        </Field>
        <Field label="Your e-mail" hint="Sign-in links go here." error={errorOf("email")}>
          <Input
            type="email"
            name="email"
            className="h-9"
            autoComplete="email"
            value={fields.email}
            onChange={(event) => setFields({ ...fields, email: event.target.value })}
            placeholder="you@company.com"
          />
        </Field>
        <Button type="submit" variant="primary" size="lg" pending={pending}>
          Create
        </Button>
      </form>
    </>
  );
}

function FirstKeys({ name, keys }: { name: string; keys: Keys }) {
  return (
    <div role="status">
      <Logo className="mb-6" />
      <h1 className="font-semibold text-xl tracking-[-0.012em]">{name} is set up</h1>
      <p className="mt-1 mb-6 text-secondary">You are signed in. These keys are of the test environment; live has its own.</p>
      <div className="flex flex-col gap-4">
        <CopyField label="Secret key" value={keys.secretKey} hint="Shown this once. Keep it on your server." />
        <CopyField label="Publishable key" value={keys.publishableKey} hint="For your pages. Not a secret." />
      </div>
      <Button asChild variant="primary" size="lg" className="mt-6 w-full">
        <a href="/overview">Open the dashboard</a>
      </Button>
    </div>
  );
}

/** What the page says once there is a vendor. */
export function SetUpDone() {
  return (
    <>
      <Logo className="mb-6" />
      <h1 className="font-semibold text-xl tracking-[-0.012em]">Inlay is set up already</h1>
      <p className="mt-1 mb-6 text-secondary">The set-up link works once. Members of the team sign in with a link by e-mail.</p>
      <Button asChild variant="primary" size="lg" className="w-full">
        <a href="/sign-in">Sign in</a>
      </Button>
    </>
  );
}
