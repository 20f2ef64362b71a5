"use client";

import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

/** What is shown once: of a new address both, of a replaced secret only that. */
export type Opened = { url: string | null; secret: string | null };

function Once({ label, value, testId }: { label: string; value: string; testId: string }) {
  return (
    <div>
      <p className="mb-1.5 font-medium text-sm">{label}</p>
      <div className="flex items-start gap-2 rounded-md border border-hairline-strong bg-muted py-1.5 ps-3 pe-1.5">
        <code className="min-w-0 flex-1 select-all break-all py-1" data-testid={testId}>
          {value}
        </code>
        <CopyButton value={value} label={`Copy ${label.toLowerCase()}`} />
      </div>
    </div>
  );
}

/** The lines of a test, with what is known put in. */
const filled = (test: string, { url, secret }: Opened) => `ADDRESS='${url ?? "the address"}'\nSECRET='${secret ?? "the secret"}'\n${test}`;

/** An address and its secret, this one time, and how to try it at once. */
export function OpenedDialog({ opened, test, onClose }: { opened: Opened | null; test: string | null; onClose: () => void }) {
  return (
    <Dialog
      open={opened !== null}
      onOpenChange={(open) => !open && onClose()}
      title={opened?.url ? "Copy the address now" : "Copy the new secret now"}
      description={
        opened?.url
          ? "Enter it in the other system's webhook settings. Its last part is secret, so it cannot be shown again."
          : "Enter it in the other system's webhook settings; calls signed with the old one are refused from now on. It cannot be shown again."
      }
      footer={
        <Button variant="primary" onClick={onClose}>
          I have stored {opened?.url && opened.secret ? "both" : "it"}
        </Button>
      }
      className="max-w-[560px]"
    >
      {opened ? (
        <div className="flex flex-col gap-4">
          {opened.url ? <Once label="Address" value={opened.url} testId="inbound-address" /> : null}
          {opened.secret ? <Once label="Secret" value={opened.secret} testId="inbound-secret" /> : null}
          {test && opened.url ? (
            <details>
              <summary className="cursor-pointer font-medium text-sm">Test it from a shell</summary>
              <p className="mt-1.5 mb-2 text-secondary text-sm">
                Replace ACCOUNT by the account of a connection. The call then counts here as accepted within seconds.
              </p>
              <CodeBlock code={filled(test, opened)} label="test call" />
            </details>
          ) : null}
        </div>
      ) : null}
    </Dialog>
  );
}
