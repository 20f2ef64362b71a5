import type { Metadata } from "next";
import { ReadyGallery } from "#components/vendor/templates/ready-gallery.tsx";
import { Prefetched } from "../../prefetched";

export const metadata: Metadata = { title: "Ready templates" };

export default function Page() {
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.templates.ready.queryKey(), answer: () => caller.templates.ready() }]}>
      <ReadyGallery />
    </Prefetched>
  );
}
