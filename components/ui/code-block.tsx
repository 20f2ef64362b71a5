import { cn } from "#components/cn";
import { CopyButton } from "#components/ui/copy-button.tsx";

/** Code to read or to copy. Long lines scroll inside. */
export function CodeBlock({ code, label, copy = true, className }: { code: string; label: string; copy?: boolean; className?: string }) {
  return (
    <div className={cn("relative rounded-md border border-hairline bg-muted", className)}>
      {copy ? <CopyButton value={code} label={`Copy ${label}`} className="absolute end-1.5 top-1.5" /> : null}
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className={cn("max-h-[60vh] overflow-auto p-3 leading-[1.55]", copy && "pe-11")}
      >
        <pre>
          <code>{code}</code>
        </pre>
      </section>
    </div>
  );
}
