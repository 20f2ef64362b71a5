type Data = Record<string, unknown>;

/** What a vendor sends of one model, and what a third party must have been told of it, written down by hand. */
export type Sent = {
  /** Own records that the third party does not have, and what it is told of each. */
  own: { data: Data; there: Data }[];
  /** A later change of the first of them, and all that is told of it. */
  change: { data: Data; there: Data };
  /** One that is there already: where its value stands there, and what is told. Absent where nobody is looked for. */
  known?: { data: Data; value: Data; there: Data };
};

const person = { firstName: "Noor", lastName: "Haddad", email: "noor@contoso.example", phone: "+1 415 555 0134", company: "Contoso" };
const lead = { ...person, name: "Noor Haddad", source: "Contact us", state: "new", message: "A quote, please." };
const few = { firstName: "Bo", lastName: "Lind", email: "BO@fabrikam.example" };
const kay = { firstName: "Kay", lastName: "Oduya", email: "kay@fabrikam.example" };

const hubspotLeads: Sent = {
  own: [
    {
      data: lead,
      there: {
        properties: {
          ...{ firstname: "Noor", lastname: "Haddad", email: "noor@contoso.example", phone: "+1 415 555 0134", company: "Contoso" },
        },
      },
    },
    { data: few, there: { properties: { firstname: "Bo", lastname: "Lind", email: "BO@fabrikam.example" } } },
  ],
  change: { data: { ...lead, company: "Contoso Ltd", state: "working" }, there: { properties: { company: "Contoso Ltd" } } },
  known: {
    data: kay,
    value: { properties: { email: "kay@fabrikam.example" } },
    there: { properties: { firstname: "Kay", lastname: "Oduya" } },
  },
};

const salesforceLeads: Sent = {
  own: [
    {
      data: lead,
      there: {
        ...{ FirstName: "Noor", LastName: "Haddad", Company: "Contoso", Email: "noor@contoso.example", Phone: "+1 415 555 0134" },
        LeadSource: "Contact us",
      },
    },
    {
      data: { ...few, company: "Fabrikam" },
      there: { FirstName: "Bo", LastName: "Lind", Company: "Fabrikam", Email: "BO@fabrikam.example" },
    },
  ],
  change: { data: { ...lead, company: "Contoso Ltd", state: "working" }, there: { Company: "Contoso Ltd" } },
  known: {
    data: { ...kay, company: "Fabrikam" },
    value: { Email: "kay@fabrikam.example" },
    there: { FirstName: "Kay", LastName: "Oduya", Company: "Fabrikam" },
  },
};

const dates = { issuedOn: "2026-11-20", dueOn: "2026-12-20" };
const xeroInvoice = {
  ...{ number: "INV-77", kind: "sale", state: "draft", billedTo: "Contoso", currency: "GBP", ...dates },
  lines: [
    { text: "Checkout, 1.25 hours", quantity: 1.25, price: 88.5, account: "200" },
    { text: "Mug", quantity: 2, price: 12, account: "201" },
  ],
};
const xeroLines = [
  { Description: "Checkout, 1.25 hours", Quantity: 1.25, UnitAmount: 88.5, AccountCode: "200" },
  { Description: "Mug", Quantity: 2, UnitAmount: 12, AccountCode: "201" },
];
const xero: Sent = {
  own: [
    {
      data: xeroInvoice,
      there: {
        ...{ Type: "ACCREC", InvoiceNumber: "INV-77", Status: "DRAFT", Contact: { Name: "Contoso" }, CurrencyCode: "GBP" },
        ...{ Date: "2026-11-20", DueDate: "2026-12-20", LineItems: xeroLines },
      },
    },
  ],
  change: { data: { ...xeroInvoice, state: "open", billedTo: "Contoso" }, there: { Status: "AUTHORISED" } },
};

const bookLine = (n: number, amount: number) => ({
  data: { kind: "item", text: `Hours ${n}`, amount, item: "101", quantity: n, price: amount / n },
  there: {
    ...{ DetailType: "SalesItemLineDetail", Description: `Hours ${n}`, Amount: amount },
    SalesItemLineDetail: { ItemRef: { value: "101" }, Qty: n, UnitPrice: amount / n },
  },
});
const [two, four] = [bookLine(2, 177), bookLine(4, 354)];
const quickbooksInvoice = { number: "INV-78", contact: "101", currency: "GBP", ...dates, lines: [two.data, four.data] };
const quickbooks: Sent = {
  own: [
    {
      data: quickbooksInvoice,
      there: {
        ...{ DocNumber: "INV-78", CustomerRef: { value: "101" }, CurrencyRef: { value: "GBP" } },
        ...{ TxnDate: "2026-11-20", DueDate: "2026-12-20", Line: [two.there, four.there] },
      },
    },
  ],
  change: { data: { ...quickbooksInvoice, lines: [four.data] }, there: { Line: [four.there] } },
};

const buyer = { name: "Noor Haddad", email: "noor@contoso.example", summary: "3 orders, 72.00 GBP, the last one #1001." };
const zendesk: Sent = {
  own: [{ data: buyer, there: { name: buyer.name, email: buyer.email, notes: buyer.summary } }],
  change: { data: { ...buyer, summary: "4 orders, 96.00 GBP." }, there: { notes: "4 orders, 96.00 GBP." } },
  known: {
    data: { name: "Ada Okafor", email: "kay@fabrikam.example", summary: "1 order, 24.00 GBP." },
    value: { email: "kay@fabrikam.example", name: "Ada Okafor" },
    there: { notes: "1 order, 24.00 GBP." },
  },
};

const payers: Sent = {
  own: [
    {
      data: { email: "noor@contoso.example", lastPaidOn: "2026-11-20", lastPayment: "24.00 GBP" },
      there: { properties: { email: "noor@contoso.example", last_paid: "2026-11-20" } },
    },
  ],
  change: { data: { email: "noor@contoso.example", lastPaidOn: "2026-11-21" }, there: { properties: { last_paid: "2026-11-21" } } },
  known: {
    data: { email: "kay@fabrikam.example", lastPaidOn: "2026-11-19" },
    value: { properties: { email: "kay@fabrikam.example" } },
    // Where a field of the account's own is written, single contacts cannot be looked at before: all of ours is told.
    there: { properties: { email: "kay@fabrikam.example", last_paid: "2026-11-19" } },
  },
};

/** By connector and stream. */
export const SENT: Record<string, Sent> = {
  "hubspot/new_leads": hubspotLeads,
  "salesforce/new_leads": salesforceLeads,
  "hubspot/payers": payers,
  "xero/outgoing_invoices": xero,
  "quickbooks/outgoing_invoices": quickbooks,
  "zendesk/buyers": zendesk,
};

/** What two sides that hold the same record do to it. */
export type Shared = {
  /** Where the third party shows what both are known by. */
  match: string;
  /** What we change, and all that it is told of it. */
  ours: { data: Data; there: Data };
  /** What it changes, and what we have of it then. */
  theirs: { there: Data; data: Data };
  /** Both change the same field: whose value stays on their side, and what becomes of ours. */
  both: { data: Data; there: Data; ends: "theirs" | "asked" };
  /** Who is ours alone, and what it is told. Absent where it makes records itself. */
  fresh?: { data: Data; there: Data };
};

/** The place of a person is theirs to say. */
const moved = (there: Data): Shared["both"] => ({ data: { city: "Leeds" }, there, ends: "theirs" });

/** By connector and stream. */
export const SHARED: Record<string, Shared> = {
  "hubspot/contacts": {
    match: "properties.email",
    ours: { data: { jobTitle: "Director" }, there: { properties: { jobtitle: "Director" } } },
    theirs: { there: { "properties.company": "Contoso Ltd" }, data: { company: "Contoso Ltd" } },
    both: moved({ "properties.city": "York" }),
    fresh: {
      data: { ...kay, fullName: "Kay Oduya", jobTitle: "Buyer" },
      there: { properties: { firstname: "Kay", lastname: "Oduya", email: "kay@fabrikam.example", jobtitle: "Buyer" } },
    },
  },
  "salesforce/contacts": {
    match: "Email",
    ours: { data: { jobTitle: "Director" }, there: { Title: "Director" } },
    theirs: { there: { LastName: "Adeyemi" }, data: { lastName: "Adeyemi", fullName: "Ada Adeyemi" } },
    both: moved({ MailingCity: "York" }),
    fresh: { data: kay, there: { FirstName: "Kay", LastName: "Oduya", Email: "kay@fabrikam.example" } },
  },
  "sandbox-crm/contacts": {
    match: "properties.email",
    ours: { data: { jobTitle: "Director" }, there: { properties: { jobtitle: "Director" } } },
    theirs: { there: { "company.name": "Contoso Ltd" }, data: { company: "Contoso Ltd" } },
    both: { data: { email: "ours@fabrikam.example" }, there: { "properties.email": "theirs@fabrikam.example" }, ends: "theirs" },
    fresh: { data: kay, there: { properties: { firstname: "Kay", lastname: "Oduya", email: "kay@fabrikam.example" } } },
  },
  "klaviyo/profiles": {
    match: "attributes.email",
    ours: { data: { jobTitle: "Director" }, there: { attributes: { title: "Director" } } },
    theirs: { there: { "attributes.organization": "Contoso Ltd" }, data: { company: "Contoso Ltd" } },
    both: moved({ "attributes.location.city": "York" }),
    fresh: { data: kay, there: { attributes: { first_name: "Kay", last_name: "Oduya", email: "kay@fabrikam.example" } } },
  },
  "quickbooks/stock": {
    match: "Sku",
    ours: { data: { onHand: 8, sellable: 6 }, there: { QtyOnHand: 8 } },
    theirs: { there: { QtyOnHand: 7 }, data: { onHand: 7, sellable: 5 } },
    // Each side has sold one of seven. Neither number may be written over the other.
    both: { data: { onHand: 6, sellable: 4 }, there: { QtyOnHand: 5 }, ends: "asked" },
  },
};
