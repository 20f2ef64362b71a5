import { companyDomain, companyName } from "./businesses";
import type { Properties } from "./object-kind";
import { draw, mix, pad, pick } from "./random";
import { FIRST_NAMES, JOB_TITLES, LAST_NAMES, LEAD_STATUSES, LIFECYCLE_STAGES, LOYALTY_TIERS, PLACES, STREETS } from "./words";

const plain = (name: string) =>
  name
    .normalize("NFD")
    .replace(/ø/gi, "o")
    .replace(/ı/g, "i")
    .replace(/[^a-zA-Z]/g, "")
    .toLowerCase();
const FIRST_PLAIN = FIRST_NAMES.map(plain);
const LAST_PLAIN = LAST_NAMES.map(plain);

/** How many different companies the contacts of an account work for. */
export const EMPLOYERS = 800;

/** Contact number `index` of a seed after `revision` changes. Every change moves the phone number and the lifecycle stage. */
export function contactProperties(seed: number, index: number, revision: number): Properties {
  const h = draw(seed, index);
  const g = mix(h + 1);
  const first = h % FIRST_NAMES.length;
  const last = (h >>> 8) % LAST_NAMES.length;
  const place = pick(PLACES, h >>> 16);
  const employer = g % EMPLOYERS;
  const properties: Properties = {
    address: `${1 + ((g >>> 4) % 240)} ${pick(STREETS, g >>> 12)}`,
    city: place.city,
    company: companyName(employer),
    country: place.country,
    email: `${FIRST_PLAIN[first]}.${LAST_PLAIN[last]}.${index + 1}@example.com`,
    firstname: pick(FIRST_NAMES, first),
    hs_lead_status: pick(LEAD_STATUSES, g >>> 8),
    hubspot_owner_id: String(7001 + (h % 9)),
    jobtitle: pick(JOB_TITLES, h >>> 4),
    lastname: pick(LAST_NAMES, last),
    lifecyclestage: pick(LIFECYCLE_STAGES, (h >>> 12) + revision),
    loyalty_tier: pick(LOYALTY_TIERS, g >>> 20),
    phone: `+1 202 555 ${pad((index + revision * 7) % 10_000, 4)}`,
    state: place.state,
    website: `https://${companyDomain(employer)}`,
    zip: pad(g % 100_000, 5),
  };
  return makeOdd(properties, index);
}

/** Seven of every 2,000 contacts are the kind that real accounts are full of and that break naive integrations. */
function makeOdd(properties: Properties, index: number): Properties {
  switch (index % 2000) {
    case 701:
      return { ...properties, email: null };
    case 702:
      return { ...properties, email: null, firstname: "", lastname: "" };
    case 703:
      return { ...properties, firstname: "🎈 Zoë-Łucja", lastname: "Ünïcödé 漢字 العربية" };
    case 704:
      return { ...properties, jobtitle: "Director of everything and more ".repeat(64).trim() };
    case 705:
      return { ...properties, firstname: "  Pat ", lastname: `<b>O'Hara & "Sons"</b>` };
    case 706:
      return { ...properties, email: `Odd.Case.${index + 1}@EXAMPLE.com` };
    case 707:
      return { email: properties["email"] ?? null, firstname: null, lastname: null };
    default:
      return properties;
  }
}
