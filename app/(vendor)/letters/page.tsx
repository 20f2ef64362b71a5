import type { Metadata } from "next";
import { LettersPage } from "#components/vendor/letters-page.tsx";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Letters" };

export default function Page() {
  return (
    <Prefetched
      ask={(trpc, caller) => [
        { queryKey: trpc.letters.preview.queryKey({ language: "en" }), answer: () => caller.letters.preview({ language: "en" }) },
      ]}
    >
      <LettersPage />
    </Prefetched>
  );
}
