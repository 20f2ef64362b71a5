"use client";

import { AcmeShell } from "./acme-shell.tsx";
import type { DemoCustomer } from "./customers";

type Mail = { id: string; recipient: string; subject: string; body: string; createdAt: string };

const LINK = /(https?:\/\/\S+)/;

/** Text with its addresses made into links. */
function Body({ text }: { text: string }) {
  return (
    <pre>
      {text.split(LINK).map((part, index) =>
        LINK.test(part) ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text that never changes
          <a key={index} href={part}>
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </pre>
  );
}

/** Mail that the demo keeps instead of sending. */
export function MailPage({ mails, customer }: { mails: Mail[]; customer: DemoCustomer }) {
  return (
    <AcmeShell title="Mail" below="What would have been sent, newest first. The demo keeps it here instead." customer={customer}>
      {mails.length === 0 ? (
        <p className="acme-sheet acme-none">No mail yet. Ask for a sign-in link on the dashboard’s sign-in page.</p>
      ) : null}
      {mails.map((mail) => (
        <article key={mail.id} className="acme-sheet acme-mail">
          <h2>{mail.subject}</h2>
          <p>
            To {mail.recipient} · {mail.createdAt}
          </p>
          <Body text={mail.body} />
        </article>
      ))}
    </AcmeShell>
  );
}
