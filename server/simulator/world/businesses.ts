import type { Properties } from "./object-kind";
import { draw, mix, pad, pick } from "./random";
import { COMPANY_FORMS, COMPANY_HEADS, COMPANY_TAILS, DEAL_STAGES, INDUSTRIES, PLACES } from "./words";

const DAY = 86_400_000;
const FIRST_CLOSE = Date.UTC(2025, 0, 1);

/** Company names do not depend on the seed, so that a contact's employer is a company of the same account. 800 different ones. */
export function companyName(index: number): string {
  const head = COMPANY_HEADS[index % COMPANY_HEADS.length];
  const tail = pick(COMPANY_TAILS, Math.floor(index / COMPANY_HEADS.length));
  const form = pick(COMPANY_FORMS, Math.floor(index / (COMPANY_HEADS.length * COMPANY_TAILS.length)));
  return `${head} ${tail} ${form}`;
}

export function companyDomain(index: number): string {
  return `company-${index + 1}.example.com`;
}

export function companyProperties(seed: number, index: number, revision: number): Properties {
  const h = draw(seed, index);
  const place = pick(PLACES, h >>> 3);
  return {
    annualrevenue: String((1 + (h % 900)) * 10_000 + revision),
    city: place.city,
    country: place.country,
    domain: companyDomain(index),
    industry: pick(INDUSTRIES, h >>> 9),
    name: companyName(index),
    numberofemployees: String(3 + ((h >>> 5) % 800) + revision),
    phone: `+1 202 555 ${pad((index + revision) % 10_000, 4)}`,
    state: place.state,
    website: `https://${companyDomain(index)}`,
    zip: pad(mix(h) % 100_000, 5),
  };
}

export function dealProperties(seed: number, index: number, revision: number): Properties {
  const h = draw(seed, index);
  return {
    amount: `${(2 + (h % 480)) * 125 + revision}.00`,
    closedate: new Date(FIRST_CLOSE + (mix(h) % 700) * DAY).toISOString(),
    dealname: `${companyName(h % 800)}: ${pick(["new licence", "renewal", "extension", "pilot"], h >>> 10)}`,
    dealstage: pick(DEAL_STAGES, (h >>> 12) + revision),
    dealtype: pick(["newbusiness", "existingbusiness"], h >>> 15),
    hubspot_owner_id: String(7001 + (h % 9)),
    pipeline: "default",
  };
}
