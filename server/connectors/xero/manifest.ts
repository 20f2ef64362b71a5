import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";

type Listed = ReturnType<typeof fieldList>;
const DAY_MS = 86_400_000;
const json = (value: unknown) => value as never;

const PAGED = {
  type: "page" as const,
  place: { in: "query" as const, name: "page" },
  limit: { place: { in: "query" as const, name: "pageSize" }, value: 500 },
  stop: { pages: "pagination.pageCount" },
};

// Pages are sorted by change, so that a record that changes while they are read moves to pages still to come. Whatever one
// pass could miss all the same, the weekly reading of everything finds.
const listed = (name: string, id: string, { fields, sample }: Listed, paged: boolean) => ({
  list: { path: `/${name}`, query: { order: "UpdatedDateUTC ASC" } },
  pagination: paged ? PAGED : { type: "none" as const },
  records: name,
  id,
  updatedAt: "UpdatedDateUTC",
  ...(paged ? { total: "pagination.itemCount" } : {}),
  changes: {
    since: { in: "header" as const, name: "If-Modified-Since" },
    format: "local" as const,
    inclusive: false,
    lookbackMs: 60_000,
    order: paged ? ("updated_ascending" as const) : ("unknown" as const),
    rereadMs: 7 * DAY_MS,
  },
  one: { request: { method: "GET" as const, path: `/${name}/{id}` }, record: `${name}.0` },
  fields,
  sample,
});

const ONCE = { by: "key" as const, place: { in: "header" as const, name: "Idempotency-Key" }, rememberedMs: 300_000 };
const told = (name: string, id: string) => ({
  id: `${name}.0.${id}`,
  record: `${name}.0`,
  refused: { path: `${name}.0.ValidationErrors`, message: `${name}.0.ValidationErrors.0.Message` },
});
// `summarizeErrors=false`: what is wrong with one record is said at that record, in a 200, and the others are taken.
const writes = (name: string, id: string, { writable }: Listed) => {
  const changed = { "...": "{data}", [id]: "{id}" };
  const call = (method: "PUT" | "POST", records: unknown) => ({
    method,
    path: `/${name}`,
    query: { summarizeErrors: "false" },
    body: json({ [name]: records }),
  });
  const batch = (method: "PUT" | "POST", item: unknown) => ({
    request: call(method, "{items}"),
    item: json(item),
    size: 50,
    results: { list: name, id, error: "ValidationErrors.0.Message" },
  });
  return {
    create: {
      request: call("PUT", ["{data}"]),
      ...told(name, id),
      batch: batch("PUT", "{data}"),
      once: ONCE,
    },
    update: { request: call("POST", [changed]), ...told(name, id), batch: batch("POST", changed) },
    fields: writable,
  };
};
/** A record that is taken back by its status. Of a payment nothing else may be sent. */
const withdrawn = (name: string, status: string) => ({
  request: {
    method: "POST" as const,
    path: `/${name}/{id}`,
    body: name === "Payments" ? { Status: status } : { [name]: [{ Status: status }] },
  },
});

const CONTACT = fieldList(`
  ContactID ID = 5cc8cf28-567e-4d43-b287-000000000001 | ContactNumber* Contact number | ContactStatus* Status = ACTIVE
  Name!* Name = Northwind 0001 | FirstName* First name = Ada | LastName* Last name = Okafor | EmailAddress* Email = ada.okafor@northwind.example
  AccountNumber* Account number | TaxNumber* Tax number = GB000000000 | DefaultCurrency* Currency = GBP
  Addresses:array* Addresses = [{"AddressType":"STREET","AddressLine1":"1 Sample Street","City":"London","PostalCode":"N1 9GU","Country":"United Kingdom"}]
  Phones:array* Phones = [{"PhoneType":"DEFAULT","PhoneNumber":"7946 0018","PhoneAreaCode":"20","PhoneCountryCode":"44"}]
  IsSupplier:boolean Is a supplier = false | IsCustomer:boolean Is a customer = true
  Balances.AccountsReceivable.Outstanding:number Owed to us = 760 | UpdatedDateUTC:datetime Updated = /Date(1760000000000+0000)/`);
const INVOICE = fieldList(`
  InvoiceID ID = d4956132-ed94-4dd7-9eaa-000000000001 | InvoiceNumber* Number = INV-0001 | Type!* Type = ACCREC | Status* Status = AUTHORISED
  Contact:object!* Contact = {"ContactID":"5cc8cf28-567e-4d43-b287-000000000001","Name":"Northwind 0001"} | Reference* Reference = Sample order
  Contact.ContactID Contact ID | Contact.Name Contact's name | Date:datetime* Date = /Date(1759968000000+0000)/
  DueDate:datetime* Due date = /Date(1762560000000+0000)/ | LineAmountTypes* Amounts are = Exclusive | CurrencyCode* Currency = GBP
  LineItems:array* Lines = [{"Description":"Sample mug","Quantity":2,"UnitAmount":10,"AccountCode":"200"}]
  SubTotal:number Subtotal = 20 | TotalTax:number Tax = 4 | Total:number Total = 24 | AmountDue:number Due = 24 | AmountPaid:number Paid = 0
  UpdatedDateUTC:datetime Updated = /Date(1760000000000+0000)/`);
const ITEM = fieldList(`
  ItemID ID = c8c54d65-f3f2-452d-926e-000000000001 | Code!* Code = MUG-0001 | Name* Name = Sample mug | Description* Sales description = A mug
  PurchaseDescription* Purchase description | SalesDetails.UnitPrice:number* Sales price = 10 | SalesDetails.AccountCode* Sales account = 200
  SalesDetails.TaxType* Sales tax | PurchaseDetails.UnitPrice:number* Purchase price | IsSold:boolean* Is sold = true
  IsPurchased:boolean* Is purchased = false | IsTrackedAsInventory:boolean Tracked = false | QuantityOnHand:number On hand
  UpdatedDateUTC:datetime Updated = /Date(1760000000000+0000)/`);
const PAYMENT = fieldList(`
  PaymentID ID = 99ea7f6b-c513-4066-bc27-000000000001 | Invoice:object!+ Invoice = {"InvoiceID":"d4956132-ed94-4dd7-9eaa-000000000001","InvoiceNumber":"INV-0001"}
  Account:object!+ Account = {"AccountID":"7d05a53d-613d-4eb2-a2fc-000000000001","Code":"090"} | Date:datetime!+ Date = /Date(1759968000000+0000)/
  Amount:number!+ Amount = 24 | Reference+ Reference | CurrencyRate:number+ Currency rate = 1 | PaymentType Type = ACCRECPAYMENT
  Status Status = AUTHORISED | IsReconciled:boolean+ Reconciled = false | UpdatedDateUTC:datetime Updated = /Date(1760000000000+0000)/`);
const ACCOUNT = fieldList(`
  AccountID ID = 7d05a53d-613d-4eb2-a2fc-000000000001 | Code!* Code = 0001 | Name!* Name = Sales | Type!* Type = REVENUE | Class Class = REVENUE
  Status* Status = ACTIVE | TaxType* Tax = OUTPUT2 | Description* Description = Income from business | BankAccountNumber+ Bank account number
  EnablePaymentsToAccount:boolean* Takes payments = false | CurrencyCode+ Currency | UpdatedDateUTC:datetime Updated = /Date(1760000000000+0000)/`);

const { update: _fixed, ...payments } = writes("Payments", "PaymentID", PAYMENT);
const contacts = listed("Contacts", "ContactID", CONTACT, true);

export default defineConnector({
  key: "xero",
  name: "Xero",
  tagline: "Contacts, invoices, items and payments in your books",
  description: "Reads contacts, invoices and bills, items, payments and accounts from Xero; makes and changes all of them.",
  categories: ["Accounting", "Finance"],
  docs: [
    { title: "Accounting API", url: "https://developer.xero.com/documentation/api/accounting/overview", readAt: "2026-11-21" },
    { title: "OAuth 2.0", url: "https://developer.xero.com/documentation/guides/oauth2/auth-flow", readAt: "2026-11-21" },
    { title: "Limits", url: "https://developer.xero.com/documentation/guides/oauth2/limits", readAt: "2026-11-21" },
    { title: "Webhooks", url: "https://developer.xero.com/documentation/guides/webhooks/overview", readAt: "2026-11-21" },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "Xero organisation",
      authorizeUrl: "https://login.xero.com/identity/connect/authorize",
      tokenUrl: "https://identity.xero.com/connect/token",
      scopes: [
        { scope: "accounting.contacts", reason: "See and change your contacts" },
        { scope: "accounting.invoices", reason: "See and change your invoices and bills" },
        { scope: "accounting.payments", reason: "See and record payments" },
        { scope: "accounting.settings", reason: "See your organisation and accounts, see and change items" },
        { scope: "offline_access", reason: "Stay connected while you are away" },
      ],
      clientAuth: "basic",
      rotating: true,
      defaultLifetimeMs: 1_800_000,
      keepAliveDays: 30,
      afterConnect: [
        {
          call: { url: "https://api.xero.com/connections" },
          list: { where: { path: "tenantType", equals: "ORGANISATION" }, pick: "only" },
          config: { tenant_id: { path: "tenantId", pattern: "[0-9a-f-]{36}" }, tenant_name: "tenantName", connection_id: "id" },
        },
      ],
      headers: { authorization: "Bearer {accessToken}", "xero-tenant-id": "{tenant_id}" },
      // The token's revocation would take the user's other organisations away as well.
      revoke: {
        method: "DELETE",
        url: "https://api.xero.com/connections/{connection_id}",
        headers: { authorization: "Bearer {accessToken}" },
      },
    },
  },
  identify: { account: "{tenant_id}", label: "{tenant_name}" },
  check: { path: "/Organisation" },
  http: {
    baseUrl: "https://api.xero.com/api.xro/2.0",
    errorMessage: "Message",
    rateLimit: {
      defaultWaitMs: 60_000,
      buckets: [
        { scope: "account", name: "minute", requests: 60, perMs: 60_000 },
        { scope: "account", name: "day", requests: 5_000, perMs: DAY_MS },
        { scope: "app", requests: 10_000, perMs: 60_000 },
      ],
      concurrency: { account: 5 },
      remaining: [{ header: "x-minlimit-remaining" }],
    },
  },
  pagination: PAGED,
  objects: {
    contact: {
      title: "Contacts",
      ...contacts,
      list: { path: "/Contacts", query: { order: "UpdatedDateUTC ASC", includeArchived: "true" } },
      writes: writes("Contacts", "ContactID", CONTACT),
    },
    invoice: {
      title: "Invoices and bills",
      ...listed("Invoices", "InvoiceID", INVOICE, true),
      deletes: { by: "mark", path: "Status", equals: "DELETED" },
      writes: { ...writes("Invoices", "InvoiceID", INVOICE), delete: withdrawn("Invoices", "DELETED") },
    },
    item: {
      title: "Items",
      ...listed("Items", "ItemID", ITEM, false),
      deletes: { by: "scan" },
      writes: { ...writes("Items", "ItemID", ITEM), delete: { request: { method: "DELETE", path: "/Items/{id}" } } },
    },
    payment: {
      title: "Payments",
      ...listed("Payments", "PaymentID", PAYMENT, true),
      deletes: { by: "mark", path: "Status", equals: "DELETED" },
      writes: { ...payments, delete: withdrawn("Payments", "DELETED") },
    },
    account: {
      title: "Accounts",
      ...listed("Accounts", "AccountID", ACCOUNT, false),
      deletes: { by: "scan" },
      // One at a time, and without the answer for each that lists have.
      writes: {
        create: { ...told("Accounts", "AccountID"), request: { method: "PUT", path: "/Accounts", body: "{data}" }, once: ONCE },
        update: { ...told("Accounts", "AccountID"), request: { method: "POST", path: "/Accounts/{id}", body: { Accounts: ["{data}"] } } },
        delete: { request: { method: "DELETE", path: "/Accounts/{id}" } },
        fields: ACCOUNT.writable,
      },
    },
  },
  actions: {
    find_contact: {
      title: "Find contacts",
      description: "Contacts whose name, number or email holds a text.",
      kind: "lookup",
      input: [{ key: "text", title: "Text", type: "string", required: true, example: "northwind" }],
      request: { method: "GET", path: "/Contacts", query: { searchTerm: "{text}", page: "1", pageSize: "20" } },
      result: "Contacts",
      output: fieldList("ContactID ID | Name Name | EmailAddress Email").fields,
      sample: {
        input: { text: "northwind" },
        answer: { Contacts: [{ ContactID: "5cc8cf28-567e-4d43-b287-000000000001", Name: "Northwind" }] },
      },
    },
  },
  // The key of the app's webhooks is another one than the client secret. A wrong signature is answered with 401, which is also
  // what the first call after the address was entered wants to see.
  webhooks: {
    docs: "https://developer.xero.com/documentation/guides/webhooks/overview",
    scope: "app",
    verify: {
      type: "hmac",
      hash: "sha256",
      secret: "endpoint",
      signature: { in: "header", name: "x-xero-signature", encoding: "base64" },
    },
    events: {
      list: "events",
      topic: { in: "event", name: "eventCategory" },
      objects: { CONTACT: "contact", INVOICE: "invoice" },
      id: { in: "event", name: "resourceId" },
      account: { in: "event", name: "tenantId" },
    },
  },
});
