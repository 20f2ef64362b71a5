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

/** A named reader of the change feed. */
export type ConsumerRow = {
  name: string;
  /** `current`: nothing old waits. `behind`: longer than its alert says. `atRisk`: what it has not read goes within a week. `lost`: some has gone. */
  state: "current" | "behind" | "atRisk" | "lost";
  /** Done up to here. */
  position: number;
  /** Given, and not yet said to be done. */
  unconfirmed: number;
  /** Places of the feed behind it. */
  lag: number;
  /** Age of the oldest change behind it, in whole seconds. */
  lagSeconds: number;
  alertAfterMinutes: number;
  seenAt: Date | null;
  keyName: string | null;
  createdAt: Date;
};
