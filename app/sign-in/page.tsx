import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SignInForm } from "#components/vendor/sign-in-form.tsx";
import { DEMO_EMAIL } from "#server/auth/options";
import { needsSetUp } from "#server/auth/set-up";
import { getDeps } from "#server/deps";
import { signedIn } from "../(vendor)/signed-in";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const query = await searchParams;
  if ((await signedIn()) !== null) redirect("/overview");
  const error = typeof query["error"] === "string" ? query["error"] : null;
  const { demoOrigin } = getDeps().config;
  const waits = demoOrigin === null && (await needsSetUp(getDeps()));
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-12">
      <div className="w-full max-w-[360px]">
        {waits ? (
          <p className="mb-6 rounded-md bg-muted px-3 py-2 text-sm">
            Nobody has set this installation up yet. Open the set-up link that the server printed when it started.
          </p>
        ) : null}
        <SignInForm
          error={error}
          sent={query["sent"] === "1"}
          demo={demoOrigin === null ? null : { mailUrl: `${demoOrigin}/demo/mail`, email: DEMO_EMAIL }}
        />
      </div>
    </main>
  );
}
