"use client";

import { CircleAlert, MailCheck } from "lucide-react";
import { signIn } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Logo } from "#components/vendor/logo.tsx";

/** next-auth's error words, in ours. */
const ERRORS: Record<string, string> = {
  Verification: "This link has expired or was already used. Ask for a new one.",
  AccessDenied: "This address is not a member of a team here. Ask an owner to invite you.",
  EmailSignin: "The e-mail could not be sent. Check the mail settings of this server, then try again.",
  Configuration: "Sign-in is not set up completely on this server. Its log says what is missing.",
  SessionRequired: "Your session has ended. Sign in again.",
};
const OTHER = "Signing in did not work. Try again, or ask for a new link.";

type SignInFormProps = {
  error: string | null;
  sent: boolean;
  /** In the demo only: who can sign in, and where the mails to him can be read. */
  demo: { mailUrl: string; email: string } | null;
};

const isEmail = (value: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value);

export function SignInForm({ error, sent, demo }: SignInFormProps) {
  const [email, setEmail] = useState("");
  const [pending, setPending] = useState<"email" | "demo" | null>(null);
  const [state, setState] = useState<{ sentTo: string | null; error: string | null; invalid: string | null }>({
    sentTo: sent ? "" : null,
    error: error === null ? null : (ERRORS[error] ?? OTHER),
    invalid: null,
  });

  const start = async (kind: "email" | "demo") => {
    setPending(kind);
    try {
      const answer = await signIn(kind, { ...(kind === "email" ? { email } : {}), redirect: false, callbackUrl: "/overview" });
      if (!answer || answer.error) setState({ sentTo: null, error: ERRORS[answer?.error ?? ""] ?? OTHER, invalid: null });
      else if (kind === "demo") return window.location.assign("/overview");
      else setState({ sentTo: email, error: null, invalid: null });
    } catch {
      setState({ sentTo: null, error: "The server could not be reached. Check your connection and try again.", invalid: null });
    }
    setPending(null);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isEmail(email)) void start("email");
    else setState({ sentTo: null, error: null, invalid: "Enter an e-mail address such as you@company.com." });
  };

  if (state.sentTo !== null) {
    return <LinkSent to={state.sentTo} demo={demo} onBack={() => setState({ sentTo: null, error: null, invalid: null })} />;
  }
  return (
    <>
      <Logo className="mb-6" />
      <h1 className="font-semibold text-xl tracking-[-0.012em]">Sign in</h1>
      <p className="mt-1 mb-6 text-secondary">We send you a link; there is no password to remember.</p>
      {state.error ? (
        <p role="alert" className="mb-4 flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2 text-danger-text text-sm">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 stroke-[1.75]" />
          {state.error}
        </p>
      ) : null}
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label="E-mail" error={state.invalid}>
          <Input
            type="email"
            name="email"
            autoComplete="email"
            className="h-9"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            placeholder={demo?.email ?? "you@company.com"}
          />
        </Field>
        <Button type="submit" variant="primary" size="lg" pending={pending === "email"}>
          Send a sign-in link
        </Button>
      </form>
      {demo ? (
        <div className="mt-8 border-hairline border-t pt-5">
          <p className="mb-3 text-secondary text-sm">
            This server runs the demo; its one member is{" "}
            <button
              type="button"
              onClick={() => setEmail(demo.email)}
              className="font-medium text-foreground underline decoration-dotted underline-offset-2"
            >
              {demo.email}
            </button>
            . Mails to it can be read on the{" "}
            <a href={demo.mailUrl} className="text-accent-text underline underline-offset-2">
              demo mail page
            </a>
            .
          </p>
          <Button size="lg" className="w-full" pending={pending === "demo"} onClick={() => void start("demo")}>
            Continue as the demo's admin
          </Button>
        </div>
      ) : null}
    </>
  );
}

function LinkSent({ to, demo, onBack }: { to: string; demo: SignInFormProps["demo"]; onBack: () => void }) {
  return (
    <div role="status">
      <MailCheck aria-hidden="true" className="mb-4 size-6 stroke-[1.5] text-success-text" />
      <h1 className="font-semibold text-xl tracking-[-0.012em]">Look at your inbox</h1>
      <p className="mt-2 text-secondary">
        {to ? (
          <>
            If <strong className="font-medium text-foreground">{to}</strong> belongs to a team here, a link is on its way.
          </>
        ) : (
          "If your address belongs to a team here, a link is on its way."
        )}{" "}
        It works once, for 15 minutes.
      </p>
      <div className="mt-6 flex flex-wrap gap-2">
        {demo ? (
          <Button asChild variant="primary">
            <a href={demo.mailUrl}>Open the demo's mail</a>
          </Button>
        ) : null}
        <Button onClick={onBack}>Use another address</Button>
      </div>
    </div>
  );
}
