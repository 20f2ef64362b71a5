import { createTransport } from "nodemailer";

export type OutgoingMail = {
  to: string;
  subject: string;
  text: string;
  html: string | null;
  fromName: string | null;
  replyTo: string | null;
  /** A POST there ends letters of this kind, without a question (RFC 8058). */
  unsubscribeUrl?: string | null;
};
/** Hands a mail to the mail server; rejects when that does not take it. */
export type Mailer = (mail: OutgoingMail) => Promise<void>;

const PATIENCE_MS = 20_000;

const oneClick = (url: string) => ({ "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" });

/** `from`: the installation's own address, "Name <address>"; a mail may go by another name, never by another address. */
export function createMailer({ url, from }: { url: string; from: string }): Mailer {
  const transport = createTransport({ url, connectionTimeout: PATIENCE_MS, greetingTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS });
  const address = /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from;
  return async ({ to, subject, text, html, fromName, replyTo, unsubscribeUrl }) => {
    await transport.sendMail({
      from: fromName === null ? from : { name: fromName, address },
      to: { name: "", address: to },
      subject,
      text,
      ...(html === null ? {} : { html }),
      ...(unsubscribeUrl ? { headers: oneClick(unsubscribeUrl) } : {}),
      ...(replyTo === null ? {} : { replyTo: { name: "", address: replyTo } }),
    });
  };
}
