/** A letter as it would be sent; `from` null = the installation's own name. */
export type LetterPreviewView = {
  kind: "invite" | "reauth" | "endpointOff" | "digest";
  to: "customer" | "member";
  from: string | null;
  replyTo: string | null;
  subject: string;
  text: string;
  html: string;
};

/** A named reader of the change feed; `lagSeconds` is the age of the oldest change behind it. */
export type ConsumerRow = {
  name: string;
  state: "current" | "behind" | "atRisk" | "lost";
  position: number;
  unconfirmed: number;
  lag: number;
  lagSeconds: number;
  alertAfterMinutes: number;
  seenAt: Date | null;
  keyName: string | null;
  createdAt: Date;
};
