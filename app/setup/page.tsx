import type { Metadata } from "next";
import { SetUpDone, SetUpForm } from "#components/vendor/set-up-form.tsx";
import { needsSetUp } from "#server/auth/set-up";
import { getDeps } from "#server/deps";

export const metadata: Metadata = { title: "Set up" };
export const dynamic = "force-dynamic";

export default async function SetUpPage() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-12">
      <div className="w-full max-w-[400px]">{(await needsSetUp(getDeps())) ? <SetUpForm /> : <SetUpDone />}</div>
    </main>
  );
}
