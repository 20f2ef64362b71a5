import type { ComponentProps, ReactNode } from "react";
import { Peek } from "#components/ui/peek.tsx";
import { Counts, MappingPreview } from "#components/vendor/mapping/mapping-preview.tsx";
import { SentPreview } from "#components/vendor/mapping/sent-preview.tsx";

type PreviewProps = {
  /** On a narrow screen: folded, and in reach from each field. */
  folded: boolean;
  /** Whether records are read; else there is only what is sent. */
  arrives: boolean;
  /** Null = nothing is sent. */
  sent: Omit<ComponentProps<typeof SentPreview>, "chooser" | "bare"> | null;
  read: Omit<ComponentProps<typeof MappingPreview>, "bare" | "of">;
  chooser: ReactNode;
};

/** What comes of a record: of theirs with us, and of ours with them, as far as the stream has both ways. */
export function StudioPreview({ folded, arrives, sent, read, chooser }: PreviewProps) {
  const sentOf = (bare: boolean) => (sent ? <SentPreview {...sent} bare={bare} chooser={arrives ? null : chooser} /> : null);
  if (!folded) {
    return (
      <>
        {arrives ? <MappingPreview {...read} of={chooser} /> : null}
        {sentOf(false)}
      </>
    );
  }
  return arrives ? (
    <Peek title="Preview" summary={<Counts tally={read.tally} errors={read.errors} />}>
      <MappingPreview {...read} bare of={chooser} />
      {sentOf(true)}
    </Peek>
  ) : (
    <Peek title="As it is sent" summary={null}>
      {sentOf(true)}
    </Peek>
  );
}
