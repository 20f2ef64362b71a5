import type { Metadata } from "next";
import { BrandingPage } from "#components/vendor/branding-page.tsx";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Branding" };

export default function Page() {
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.branding.get.queryKey(), answer: () => caller.branding.get() }]}>
      <BrandingPage />
    </Prefetched>
  );
}
