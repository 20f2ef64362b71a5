import { AppError } from "#server/lib/errors";
import { Manifest, type ManifestInput } from "#server/runtime/manifest";
import genericGraphql from "./generic-graphql/manifest";
import genericRest from "./generic-rest/manifest";
import genericSoap from "./generic-soap/manifest";
import genericWebhook from "./generic-webhook/manifest";
import genericWebhookIn from "./generic-webhook-in/manifest";
import github from "./github/manifest";
import googleSheets from "./google-sheets/manifest";
import hubspot from "./hubspot/manifest";
import klaviyo from "./klaviyo/manifest";
import paypal from "./paypal/manifest";
import pipedrive from "./pipedrive/manifest";
import quickbooks from "./quickbooks/manifest";
import salesforce from "./salesforce/manifest";
import salesforceSoap from "./salesforce-soap/manifest";
import sandboxCrm from "./sandbox-crm/manifest";
import shopify from "./shopify/manifest";
import slack from "./slack/manifest";
import stripe from "./stripe/manifest";
import xero from "./xero/manifest";
import zendesk from "./zendesk/manifest";

/** The table of contents: one line a connector. */
const SHIPPED: readonly ManifestInput[] = [
  hubspot,
  klaviyo,
  zendesk,
  pipedrive,
  salesforce,
  sandboxCrm,
  stripe,
  xero,
  shopify,
  quickbooks,
  paypal,
  github,
  googleSheets,
  genericRest,
  genericGraphql,
  genericSoap,
  genericWebhook,
  genericWebhookIn,
  slack,
  salesforceSoap,
];

/** Connectors that vendors give us have keys of their own, so that no connector we ship, now or later, can take one's place. */
export const PRIVATE_PREFIX = "x-";
export const isPrivateKey = (key: string): boolean => key.startsWith(PRIVATE_PREFIX);

const parsed = new Map<string, Manifest>();

/** The manifest of a connector we ship, parsed once. Throws `not_found` for an unknown key. */
export function getManifest(key: string): Manifest {
  const known = parsed.get(key);
  if (known) return known;
  const source = SHIPPED.find((one) => one.key === key);
  if (!source) throw new AppError("not_found", `There is no connector "${key.slice(0, 60)}".`);
  const manifest = Manifest.parse(source);
  parsed.set(key, manifest);
  return manifest;
}

/** All connectors we ship. */
export function listManifests(): Manifest[] {
  return SHIPPED.map((one) => getManifest(one.key));
}
