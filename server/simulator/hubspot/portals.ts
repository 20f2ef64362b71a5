/** An account of the simulated HubSpot. */
export type Portal = { id: string; name: string; domain: string; user: string; userId: number };

export const PORTALS: readonly Portal[] = [
  { id: "4711001", name: "Globex Marketing", domain: "globex-marketing.example", user: "marta@globex.example", userId: 9_001 },
  { id: "4711002", name: "Globex Europe", domain: "globex-europe.example", user: "emil@globex.example", userId: 9_002 },
  { id: "4711003", name: "Initech Sales", domain: "initech-sales.example", user: "ines@initech.example", userId: 9_003 },
];

export function portalById(id: string | null | undefined): Portal | undefined {
  return PORTALS.find((portal) => portal.id === id);
}

/** What each scope the authorization server knows means to the person who grants it. */
export const SCOPES: Readonly<Record<string, string>> = {
  oauth: "Know which account this is",
  "crm.objects.contacts.read": "Read contacts",
  "crm.objects.contacts.write": "Create, change and archive contacts",
  "crm.objects.companies.read": "Read companies",
  "crm.objects.companies.write": "Create, change and archive companies",
  "crm.objects.deals.read": "Read deals",
  "crm.objects.deals.write": "Create, change and archive deals",
  "crm.objects.invoices.read": "Read invoices",
  "crm.objects.invoices.write": "Create, change and archive invoices",
  "crm.objects.line_items.read": "Read line items",
  "crm.objects.line_items.write": "Create, change and archive line items",
  "crm.objects.orders.read": "Read orders",
  "crm.objects.orders.write": "Create, change and archive orders",
  "crm.objects.products.read": "Read products",
  "crm.objects.products.write": "Create, change and archive products",
  "crm.objects.quotes.read": "Read quotes",
  "crm.objects.quotes.write": "Create, change and archive quotes",
  tickets: "Read, create, change and archive tickets",
  "crm.schemas.contacts.read": "Read the properties contacts have",
  "crm.schemas.companies.read": "Read the properties companies have",
  "crm.schemas.deals.read": "Read the properties deals have",
  "crm.objects.owners.read": "Read who owns a record",
};
