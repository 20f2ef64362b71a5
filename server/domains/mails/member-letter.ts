import { sayIn } from "#server/words/messages";
import type { DigestFacts } from "./digest-facts";
import { type Letter, type LetterRow, letterOf } from "./letter";

/** Whose dashboard, which world of it, and where it is. Letters to members are in English, as the dashboard is. */
export type Desk = { vendorName: string; kind: "test" | "live"; origin: string };

const say = sayIn("en");
const number = new Intl.NumberFormat("en-US");
const many = (n: number, one: string, several = `${one}s`) => `${number.format(n)} ${n === 1 ? one : several}`;
const look = ({ vendorName }: Desk) => ({ vendorName, accent: null, logoUrl: null });

/** One of the vendor's endpoints was switched off by us. */
export function endpointLetter(desk: Desk, { url, reason }: { url: string; reason: string }): Letter {
  const host = URL.canParse(url) ? new URL(url).host : url;
  return letterOf(say, look(desk), {
    subject: `Webhooks to ${host} were switched off`,
    text: `${reason} Nothing is sent to ${url} any more (${desk.vendorName}, ${desk.kind}). No change is lost: switched on again, the endpoint is told once of all it missed, and the change feed has everything for 90 days.`,
    action: "Look at the deliveries",
    url: `${desk.origin}/webhooks`,
    foot: `You get this message as an owner or admin of ${desk.vendorName}.`,
  });
}

const FIXED_BY: Record<keyof DigestFacts["attention"], (n: number) => string> = {
  vendor: (n) => `${many(n, "customer needs", "customers need")} something your team can fix`,
  customer: (n) => `${many(n, "customer has", "customers have")} something to do themselves, such as connecting again`,
  provider: (n) => `${many(n, "customer waits", "customers wait")} for another system; that heals by itself`,
  inlay: (n) => `${many(n, "customer is", "customers are")} held up on our side`,
};

/** What there is to tell, worst first, each with the one place to look. Empty when there is nothing to say. */
export function digestRows(facts: DigestFacts, origin: string): LetterRow[] {
  const row = (n: number, text: (n: number) => string, path: string): LetterRow[] =>
    n > 0 ? [{ text: text(n), url: `${origin}${path}` }] : [];
  const { attention } = facts;
  return [
    ...row(facts.endpointsOff, (n) => `${many(n, "webhook endpoint is", "webhook endpoints are")} switched off`, "/webhooks"),
    ...row(facts.consumersBehind, (n) => `${many(n, "reader of the feed is", "readers of the feed are")} behind`, "/consumers"),
    ...row(attention.vendor, FIXED_BY.vendor, "/customers?state=attention"),
    ...row(
      facts.deletesHeld,
      (n) => `${many(n, "stream asks", "streams ask")} whether many records may be deleted`,
      "/customers?state=attention",
    ),
    ...row(
      facts.conflicts,
      (n) => `${many(n, "record was", "records were")} changed on both sides and ${n === 1 ? "waits" : "wait"} for a decision`,
      "/customers?state=attention",
    ),
    ...row(
      facts.requests,
      (n) => `${many(n, "customer asked", "customers asked")} for an integration you do not offer yet`,
      "/integrations",
    ),
    ...row(attention.customer, FIXED_BY.customer, "/customers?state=reauth"),
    ...row(attention.inlay, FIXED_BY.inlay, "/customers?state=attention"),
    ...row(attention.provider, FIXED_BY.provider, "/customers?state=delayed"),
    ...row(facts.healed, (n) => `${many(n, "stream", "streams")} had failed and went on by ${n === 1 ? "itself" : "themselves"}`, "/runs"),
    ...row(facts.records, (n) => `${many(n, "record was", "records were")} synced`, "/overview"),
    ...row(facts.fresh, (n) => `${many(n, "account was", "accounts were")} connected`, "/customers"),
  ];
}

export type Rhythm = "daily" | "weekly";

/** How the vendor's customers fared since the last one; null when there is nothing to say. */
export function digestLetter(desk: Desk, facts: DigestFacts, rhythm: Rhythm, unsubscribeUrl: string): Letter | null {
  const rows = digestRows(facts, desk.origin);
  if (rows.length === 0) return null;
  const { vendor, customer } = facts.attention;
  const trouble = vendor + customer;
  const fine = Math.max(0, facts.customers - trouble - facts.attention.inlay - facts.attention.provider);
  const span = rhythm === "daily" ? "today" : "this week";
  return letterOf(say, look(desk), {
    subject: trouble > 0 ? `${many(trouble, "customer needs", "customers need")} attention ${span}` : `Your customers ${span}: all is well`,
    text: `${number.format(fine)} of ${many(facts.customers, "connected customer")} of ${desk.vendorName} (${desk.kind}) ${fine === 1 ? "is" : "are"} fine.`,
    rows,
    action: "Open the overview",
    url: `${desk.origin}/overview`,
    foot: `You get this ${rhythm} as a member of ${desk.vendorName}. No more of them, by one click: ${unsubscribeUrl}`,
  });
}
