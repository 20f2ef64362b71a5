/**
 * What connectors send and read is checked against the descriptions their systems publish (`tests/contract`). Here is where those
 * descriptions fall short, and what is done about it. Printed in docs/reference/connectors.md.
 */
export type Contract = {
  /** Which of the description's files hold which addresses: a file's name, and what stands before its paths. */
  files: [RegExp, string][];
  /** A description made by hand out of documentation, in `tests/contract/described`, and what stands before its paths. */
  own?: { file: string; prefix: string };
  /** Addresses that are described under another one. */
  alias?: (path: string) => string;
  /** Addresses of which nothing is published. */
  undescribed: { at: RegExp; why: string }[];
  /** Requests that the description has wrong, and that are not checked against it. */
  wrong?: { at: RegExp; why: string }[];
  /** Parameters of an address that the description leaves out. */
  unlisted?: { at: RegExp; names: string[]; why: string }[];
  /** Fields of an object that the description's answer leaves out. */
  fields?: Record<string, { names: string[]; why: string }>;
  /** Where a record stands in a row as it is described, when not where it stands in earnest. */
  rows?: Record<string, { at: string; why: string }>;
  /** Further notes on what is checked against what. */
  notes?: string[];
};

const address = (at: RegExp): string => `\`${at.source.replaceAll("\\/", "/")}\``;

/** The exceptions of one connector, in words. */
function exceptionsOf({ undescribed, wrong = [], unlisted = [], fields = {}, rows = {}, notes = [] }: Contract): string[] {
  return [
    ...notes,
    ...undescribed.map(({ at, why }) => `Not checked: ${address(at)}, because ${why}.`),
    ...wrong.map(({ at, why }) => `Not checked: ${address(at)}, because it is ${why}.`),
    ...unlisted.map(
      ({ at, names, why }) => `At ${address(at)} sent and not described: ${names.map((one) => `\`${one}\``).join(", ")}; ${why}.`,
    ),
    ...Object.entries(fields).map(
      ([object, { names, why }]) => `Of \`${object}\` read and not described: ${names.map((one) => `\`${one}\``).join(", ")}; ${why}.`,
    ),
    ...Object.entries(rows).map(([object, { at, why }]) => `Of \`${object}\` the record is looked for at \`${at}\`; ${why}.`),
  ];
}

/** What is checked by connector, and what is not. */
export const contractWords = (): Record<string, string[]> => ({
  ...Object.fromEntries(Object.entries(CONTRACTS).map(([key, contract]) => [key, exceptionsOf(contract)])),
  ...OTHER_CONTRACTS,
});

const SIGN_IN = "signing in is not in the description";

export const CONTRACTS: Record<string, Contract> = {
  hubspot: {
    files: [[/\.json\.gz$/, ""]],
    // Deals are described by the number of their type.
    alias: (path) => path.replace(/^\/crm\/v3\/objects\/deals(?=\/|$)/, "/crm/v3/objects/0-3"),
    own: { file: "hubspot-quotes.yaml", prefix: "" },
    undescribed: [
      { at: /^\/crm\/v3\/owners/, why: "there is no description of owners" },
      { at: /^\/crm\/v3\/properties\//, why: "there is no description of properties" },
      { at: /^\/account-info\//, why: "there is no description of accounts" },
    ],
    notes: [
      "Deals are checked against their own description, which calls them `0-3`.",
      "Quotes and line items are checked against a description made by hand (2026-11-22) of the one HubSpot publishes.",
    ],
  },
  salesforce: {
    files: [],
    own: { file: "salesforce.yaml", prefix: "/services/data/v66.0" },
    undescribed: [{ at: /^\/services\/oauth2\//, why: SIGN_IN }],
    notes: [
      "Salesforce publishes no description of its REST API without an organisation: addresses, parameters and bodies are checked against one made by hand of its developer guide (2026-11-22), queries against the grammar of SOQL. Fields are each organisation's own.",
    ],
  },
  klaviyo: { files: [[/openapi_stable/, ""]], undescribed: [{ at: /^\/oauth\//, why: SIGN_IN }] },
  zendesk: {
    files: [
      [/tickets-openapi/, ""],
      [/users-openapi/, ""],
      [/zendesk-support/, "/api/v2"],
    ],
    undescribed: [
      { at: /^\/oauth\//, why: SIGN_IN },
      { at: /^\/api\/v2\/oauth\/tokens\/current/, why: SIGN_IN },
      { at: /\/incremental\/organizations/, why: "only tickets and users are described" },
    ],
    unlisted: [
      { at: /\/incremental\//, names: ["start_time", "cursor"], why: "the description has the export without its parameters" },
      { at: /\/organizations\/search/, names: ["name"], why: "the description knows the search by external id only" },
    ],
  },
  pipedrive: {
    files: [
      [/v1-openapi/, "/api/v1"],
      [/v2-openapi/, "/api/v2"],
    ],
    undescribed: [{ at: /^\/oauth\//, why: SIGN_IN }],
    fields: {
      person: { names: ["marketing_status"], why: "described of requests, and left out of answers" },
      product: {
        names: ["update_time", "description", "category", "add_time"],
        why: "the description of a list of products leaves them out",
      },
    },
    rows: { product: { at: "data", why: "the description wraps each product of a list as if it were asked for alone" } },
  },
  paypal: { files: [[/\.json\.gz$/, ""]], undescribed: [{ at: /^\/v1\/oauth2\//, why: SIGN_IN }] },
  slack: {
    files: [[/web-api/, "/api"]],
    undescribed: [],
    wrong: [
      { at: /\/oauth\.v2\.access$/, why: "described as GET; its own page takes POST" },
      { at: /\/auth\.revoke$/, why: "described as GET; its own page takes POST" },
    ],
    fields: { message: { names: ["edited.ts"], why: "the description leaves out that messages are edited" } },
  },
  stripe: { files: [[/spec3\.yaml/, ""]], undescribed: [{ at: /^\/oauth\//, why: SIGN_IN }] },
  xero: {
    files: [
      [/xero_accounting/, "/api.xro/2.0"],
      [/xero-identity/, ""],
    ],
    undescribed: [
      { at: /^\/connect\/token/, why: SIGN_IN },
      { at: /^\/connections/, why: "described under another address" },
    ],
  },
  quickbooks: {
    files: [[/openapi/, ""]],
    undescribed: [
      { at: /\/(vendor|item|payment|account|companyinfo|cdc)(\/|$)/, why: "the description has customers, invoices and queries only" },
      { at: /\/invoice\/[^/]+\/send$/, why: "sending is not in the description" },
      { at: /^(\/v2)?\/oauth2\//, why: SIGN_IN },
    ],
    unlisted: [
      {
        at: /\/v3\/company\//,
        names: ["minorversion", "requestid", "operation"],
        why: "the description has no parameters but the query's",
      },
    ],
    notes: ["Entities and their fields are checked against the schema of all entities (XSD)."],
  },
};

/** What is checked in another way, or against nothing. */
const OTHER_CONTRACTS: Record<string, string[]> = {
  shopify: ["Each query is checked against the schema of the Admin API."],
  github: ["Queries are checked against the schema where that is at hand. Not checked: the REST calls."],
  "google-sheets": ["Not checked: there is no description at hand."],
  "salesforce-soap": ["Operations and headers are checked against the partner WSDL, in which records may have any field."],
};
