import type { ModelField } from "#server/domains/models/schema";
import type { TemplateStream } from "#server/domains/templates/schema";
import type { FieldChoice, FieldChoices } from "#server/mapping/overrides";
import type { FieldMapping, Transform } from "#server/mapping/schema";

/** What the demo vendor, Acme CRM, has set up. Plain data; `seed.ts` writes it. */

export const CUSTOMERS = [
  { externalId: "globex", name: "Globex" },
  { externalId: "initech", name: "Initech" },
] as const;

const field = (key: string, name: string, type: ModelField["type"] = "string", required = false): ModelField => ({
  key,
  name,
  type,
  required,
});

export const MODELS: readonly { key: string; name: string; fields: ModelField[] }[] = [
  {
    key: "contact",
    name: "Contact",
    fields: [
      field("firstName", "First name"),
      field("lastName", "Last name"),
      field("fullName", "Full name"),
      field("email", "E-mail"), // not required: contacts without one are ordinary in a CRM
      field("phone", "Phone"),
      field("company", "Company"),
      field("jobTitle", "Job title"),
      field("lifecycleStage", "Lifecycle stage"),
      field("loyaltyTier", "Loyalty tier"),
      field("city", "City"),
      field("country", "Country"),
      field("createdAt", "Created", "datetime"),
      field("updatedAt", "Updated", "datetime"),
    ],
  },
  {
    key: "company",
    name: "Company",
    fields: [
      field("name", "Name", "string", true),
      field("domain", "Domain"),
      field("industry", "Industry"),
      field("employees", "Employees", "number"),
      field("city", "City"),
      field("country", "Country"),
      field("createdAt", "Created", "datetime"),
      field("updatedAt", "Updated", "datetime"),
    ],
  },
  {
    key: "deal",
    name: "Deal",
    fields: [
      field("name", "Name", "string", true),
      field("amount", "Amount", "number"),
      field("stage", "Stage"),
      field("pipeline", "Pipeline"),
      field("closesAt", "Closes", "datetime"),
      field("createdAt", "Created", "datetime"),
      field("updatedAt", "Updated", "datetime"),
    ],
  },
];

const TRIM: Transform[] = [{ type: "trim" }];
const EMAIL: Transform[] = [{ type: "trim" }, { type: "lowercase" }];
const WHEN: Transform[] = [{ type: "datetime" }];
const NUMBER: Transform[] = [{ type: "number" }];

const from = (target: string, path: string, transforms: Transform[] = [], rest: Partial<FieldMapping> = {}): FieldMapping => ({
  target,
  from: path,
  transforms,
  required: false,
  onError: "null",
  ...rest,
});
const text = (target: string, template: string): FieldMapping => ({ target, template, transforms: TRIM, required: false, onError: "null" });
const needed = { required: true, onError: "quarantine" } as const;

export type SeedTemplate = { name: string; description: string; streams: SeedStream[] };
type SeedStream = { stream: TemplateStream; mapping: FieldMapping[]; choices?: FieldChoices };

export type SeedIntegration = {
  connectorKey: string;
  name: string;
  tagline: string;
  categories: string[];
  authKey: string;
  status: "available" | "coming_soon";
  featured?: boolean;
  oauthApp?: { clientId: string; clientSecret: string; scopes: string[] };
  templates: SeedTemplate[];
};

const stream = (key: string, object: string, model: string, label: string): TemplateStream => ({
  key,
  object,
  model,
  label,
  intervalMs: 60_000,
});

const hubspotContacts: FieldMapping[] = [
  from("firstName", "properties.firstname", TRIM),
  from("lastName", "properties.lastname", TRIM),
  text("fullName", "{properties.firstname} {properties.lastname}"),
  from("email", "properties.email", EMAIL),
  from("phone", "properties.phone", TRIM),
  from("company", "properties.company", TRIM),
  from("jobTitle", "properties.jobtitle", TRIM),
  from("lifecycleStage", "properties.lifecyclestage", TRIM),
  from("city", "properties.city", TRIM),
  from("country", "properties.country", TRIM),
  from("createdAt", "createdAt", WHEN),
  from("updatedAt", "updatedAt", WHEN),
];

const hubspotCompanies: FieldMapping[] = [
  from("name", "properties.name", TRIM, needed),
  from("domain", "properties.domain", EMAIL),
  from("industry", "properties.industry", TRIM),
  from("city", "properties.city", TRIM),
  from("country", "properties.country", TRIM),
  from("createdAt", "createdAt", WHEN),
  from("updatedAt", "updatedAt", WHEN),
];

const hubspotDeals: FieldMapping[] = [
  from("name", "properties.dealname", TRIM, needed),
  from("amount", "properties.amount", NUMBER),
  from("stage", "properties.dealstage", TRIM),
  from("pipeline", "properties.pipeline", TRIM),
  from("closesAt", "properties.closedate", WHEN),
  from("createdAt", "createdAt", WHEN),
  from("updatedAt", "updatedAt", WHEN),
];

const sandboxContacts: FieldMapping[] = [
  from("firstName", "properties.firstname", TRIM),
  from("lastName", "properties.lastname", TRIM),
  text("fullName", "{properties.firstname} {properties.lastname}"),
  from("email", "properties.email", EMAIL),
  from("phone", "properties.phone", TRIM),
  from("company", "company.name", TRIM),
  from("jobTitle", "properties.jobtitle", TRIM),
  from("lifecycleStage", "properties.lifecyclestage"),
  from("city", "address.city", TRIM),
  from("country", "address.country", TRIM),
  from("createdAt", "created_at", WHEN),
  from("updatedAt", "updated_at", WHEN),
];

const may = (customer: FieldChoice["customer"], ...targets: string[]): FieldChoices =>
  Object.fromEntries(targets.map((target) => [target, { customer }]));

/** The tier has no field that every account has: a customer who keeps one says which. */
const contactChoices: FieldChoices = {
  ...may("optional", "phone", "city", "country"),
  ...may("choose", "company", "jobTitle", "lifecycleStage"),
  ...may("hidden", "updatedAt"),
  loyaltyTier: { customer: "choose", prompt: "Which of your fields holds the loyalty tier?" },
};
const companyChoices: FieldChoices = {
  ...may("optional", "city", "country"),
  ...may("choose", "industry"),
  ...may("hidden", "updatedAt"),
  employees: { customer: "must_choose", prompt: "Which of your fields says how many people work there?" },
};
const dealChoices: FieldChoices = { ...may("optional", "pipeline"), ...may("choose", "amount", "stage"), ...may("hidden", "updatedAt") };

const soon = (connectorKey: string, name: string, tagline: string, categories: string[]): SeedIntegration => ({
  connectorKey,
  name,
  tagline,
  categories,
  authKey: "oauth",
  status: "coming_soon",
  templates: [],
});

export const INTEGRATIONS: readonly SeedIntegration[] = [
  {
    connectorKey: "hubspot",
    name: "HubSpot (sandbox)",
    tagline: "Bring your contacts, companies and deals into Acme CRM.",
    categories: ["CRM", "Marketing"],
    authKey: "oauth",
    status: "available",
    featured: true,
    oauthApp: {
      clientId: "inlay-demo",
      clientSecret: "inlay-demo-secret-0123456789abcdef",
      scopes: ["oauth", "crm.objects.contacts.read", "crm.objects.companies.read", "crm.objects.deals.read"],
    },
    templates: [
      {
        name: "Contacts to Acme",
        description: "Every contact becomes an Acme contact and stays up to date.",
        streams: [{ stream: stream("contacts", "contact", "contact", "Contacts"), mapping: hubspotContacts, choices: contactChoices }],
      },
      {
        name: "Companies and deals to Acme",
        description: "Companies and deals become Acme's own and stay up to date.",
        streams: [
          { stream: stream("companies", "company", "company", "Companies"), mapping: hubspotCompanies, choices: companyChoices },
          { stream: stream("deals", "deal", "deal", "Deals"), mapping: hubspotDeals, choices: dealChoices },
        ],
      },
    ],
  },
  {
    connectorKey: "sandbox-crm",
    name: "Sandbox CRM",
    tagline: "A small CRM that connects with an API key.",
    categories: ["CRM"],
    authKey: "key",
    status: "available",
    templates: [
      {
        name: "Contacts to Acme",
        description: "Every contact becomes an Acme contact and stays up to date.",
        streams: [{ stream: stream("contacts", "contact", "contact", "Contacts"), mapping: sandboxContacts, choices: contactChoices }],
      },
    ],
  },
  soon("shopify", "Shopify", "Orders, products and customers of your shop.", ["E-commerce"]),
  soon("quickbooks", "QuickBooks", "Invoices, customers and payments.", ["Accounting"]),
  soon("stripe", "Stripe", "Payments, subscriptions and payouts.", ["Payments"]),
  soon("slack", "Slack", "Tell a channel when something happens.", ["Communication"]),
];
