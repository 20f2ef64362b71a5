import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";

type Listed = ReturnType<typeof fieldList>;
const DAY_MS = 86_400_000;
const NOT_FOUND = { status: 400, path: "Fault.Error.0.code", equals: "610" };
const query = (text: string) => ({
  path: "/query",
  query: { query: `${text} startposition {offset} maxresults {limit}`, minorversion: "75" },
});
const minor = { minorversion: "75" };

/**
 * Queries are SQL without OR and without JOIN. Lists of names (customers, items, …) hide what is not active unless it is asked for;
 * transactions are deleted for good, which only the list of changed data tells, 30 days back.
 */
const listed = (entity: string, { fields, sample }: Listed, kind: "name" | "transaction") => {
  const path = `/${entity.toLowerCase()}`;
  const [where, and] = kind === "name" ? [" where Active in (true, false)", " and Active in (true, false)"] : ["", ""];
  return {
    list: query(`select * from ${entity}${where} orderby Id`),
    records: `QueryResponse.${entity}`,
    leavesOutEmpty: true,
    id: "Id",
    updatedAt: "MetaData.LastUpdatedTime",
    changes: {
      request: query(`select * from ${entity} where MetaData.LastUpdatedTime >= '{since}'${and} orderby MetaData.LastUpdatedTime`),
      format: "iso_s" as const,
      inclusive: true,
      lookbackMs: 300_000,
      order: "updated_ascending" as const,
      ...(kind === "transaction" ? { reachMs: 29 * DAY_MS } : {}),
    },
    ...(kind === "transaction"
      ? {
          deletes: {
            by: "feed" as const,
            request: { path: "/cdc", query: { entities: entity, ...minor } },
            pagination: { type: "none" as const },
            records: `CDCResponse.0.QueryResponse.0.${entity}`,
            id: "Id",
            where: { path: "status", equals: "Deleted" },
            since: { in: "query" as const, name: "changedSince" },
            format: "iso_s" as const,
          },
        }
      : {}),
    one: { request: { method: "GET" as const, path: `${path}/{id}`, query: minor }, record: entity, none: [{ status: 404 }, NOT_FOUND] },
    fields,
    sample,
  };
};

/** A change or a deletion names the version it starts from. `sparse`: what is not sent stays as it is. */
const writes = (entity: string, { writable }: Listed, kind: "name" | "transaction") => {
  const call = (body: object, more: Record<string, string> = {}) => ({
    method: "POST" as const,
    path: `/${entity.toLowerCase()}`,
    query: { ...minor, ...more },
    body: body as never,
  });
  const told = { id: `${entity}.Id`, record: entity };
  const guard = { place: { in: "body" as const, name: "SyncToken" }, version: "SyncToken", required: true };
  return {
    create: {
      request: call({ "...": "{data}" }),
      ...told,
      once: { by: "key" as const, place: { in: "query" as const, name: "requestid" } },
    },
    update: { request: call({ "...": "{data}", Id: "{id}", sparse: true }), ...told, guard },
    ...(kind === "transaction"
      ? { delete: { request: call({ Id: "{id}" }, { operation: "delete" }), guard, also: [{ status: 404 }, NOT_FOUND] } }
      : {}),
    fields: kind === "name" ? [...writable, { path: "Active", type: "boolean" as const, title: "Active" }] : writable,
  };
};

const META = `Id ID = 101 | SyncToken Version = 0 | MetaData.CreateTime:datetime Created = 2026-01-05T09:00:00-08:00
  MetaData.LastUpdatedTime:datetime Updated = 2026-10-09T01:53:20-07:00`;
const PERSON = `DisplayName!* Display name = Northwind 0001 | CompanyName* Company = Northwind | GivenName* First name = Ada | FamilyName* Last name = Okafor
  PrimaryEmailAddr.Address* Email = ada.okafor@northwind.example | PrimaryPhone.FreeFormNumber* Phone = (555) 555-0118
  BillAddr.Line1* Street = 1 Sample Street | BillAddr.City* City = London | BillAddr.PostalCode* Postal code = N1 9GU
  BillAddr.Country* Country = United Kingdom | CurrencyRef.value+ Currency = GBP | Balance:number Balance = 24`;
const CUSTOMER = fieldList(`${META} | ${PERSON} | Active:boolean Active = true | Notes* Notes | Taxable:boolean* Taxable = true
  FullyQualifiedName Full name = Northwind 0001 | ParentRef.value* Parent ID`);
const VENDOR = fieldList(
  `${META} | ${PERSON} | Active:boolean Active = true | AcctNum* Account number | Vendor1099:boolean* Gets a 1099 = false`,
);
const ITEM =
  fieldList(`${META} | Name!* Name = Sample mug 0001 | Sku* SKU = MUG-0001 | Type!+ Type = Service | Description* Sales description = A mug
  UnitPrice:number* Sales price = 10 | PurchaseDesc* Purchase description | PurchaseCost:number* Purchase price = 4
  IncomeAccountRef:object* Income account = {"value":"79","name":"Sales"} | ExpenseAccountRef:object* Expense account
  AssetAccountRef:object* Asset account | InvStartDate:date+ Stock counted from | TrackQtyOnHand:boolean+ Tracked = false
  QtyOnHand:number* On hand | Taxable:boolean* Taxable = true | Active:boolean Active = true`);
const INVOICE = fieldList(`${META} | DocNumber* Number = 0001 | TxnDate:date* Date = 2026-10-09 | DueDate:date* Due date = 2026-11-08
  CustomerRef:object!* Customer = {"value":"101","name":"Northwind 0001"} | CustomerRef.value Customer ID | CustomerRef.name Customer's name
  BillEmail.Address* Bill to email = ada.okafor@northwind.example | CurrencyRef.value* Currency = GBP | TotalAmt:number Total = 24
  Balance:number Due = 24 | PrivateNote* Memo | CustomerMemo.value* Message on the invoice | EmailStatus Email = NotSet
  Line:array!* Lines = [{"Amount":20,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"101"},"Qty":2,"UnitPrice":10}}]
  LinkedTxn:array Linked transactions = []`);
const PAYMENT =
  fieldList(`${META} | TxnDate:date* Date = 2026-10-09 | CustomerRef:object!* Customer = {"value":"101","name":"Northwind 0001"}
  CustomerRef.value Customer ID | TotalAmt:number!* Amount = 24 | UnappliedAmt:number Unapplied = 0 | PaymentRefNum* Reference = S-0001
  PaymentMethodRef:object* Payment method | DepositToAccountRef:object* Deposited to = {"value":"35"} | CurrencyRef.value* Currency = GBP
  PrivateNote* Memo | Line:array* What it pays = [{"Amount":24,"LinkedTxn":[{"TxnId":"101","TxnType":"Invoice"}]}]`);
const ACCOUNT = fieldList(`${META} | Name!* Name = Sales 0001 | AcctNum* Number = 4000 | FullyQualifiedName Full name = Sales 0001
  Classification Class = Revenue | AccountType!+ Type = Income | AccountSubType* Subtype = SalesOfProductIncome | Description* Description
  CurrentBalance:number Balance = 0 | CurrencyRef.value+ Currency = GBP | SubAccount:boolean* Is a sub-account = false | ParentRef.value* Parent ID
  Active:boolean Active = true`);

export default defineConnector({
  key: "quickbooks",
  name: "QuickBooks Online",
  tagline: "Customers, invoices, payments and accounts in your books",
  description: "Reads customers, vendors, items, invoices, payments and accounts from QuickBooks Online; makes and changes all of them.",
  categories: ["Accounting", "Finance"],
  docs: [
    {
      title: "Data queries",
      url: "https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/data-queries",
      readAt: "2026-11-21",
    },
    {
      title: "OAuth 2.0",
      url: "https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0",
      readAt: "2026-11-21",
    },
    {
      title: "Change data capture",
      url: "https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/change-data-capture",
      readAt: "2026-11-21",
    },
    { title: "Limits", url: "https://developer.intuit.com/app/developer/qbo/docs/learn/limits-and-throttles", readAt: "2026-11-21" },
    {
      title: "Webhooks as CloudEvents",
      url: "https://blogs.a.intuit.com/2025/11/12/upcoming-change-to-webhooks-payload-structure",
      readAt: "2026-11-21",
    },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "QuickBooks company",
      authorizeUrl: "https://appcenter.intuit.com/connect/oauth2",
      tokenUrl: "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
      scopes: [{ scope: "com.intuit.quickbooks.accounting", reason: "See and change the books of your company" }],
      clientAuth: "basic",
      pkce: false,
      rotating: true,
      defaultLifetimeMs: 3_600_000,
      keepAliveDays: 50,
      callback: { config: { realm_id: { param: "realmId", pattern: "[0-9]{1,25}" } } },
      revoke: { method: "POST", url: "https://developer.api.intuit.com/v2/oauth2/tokens/revoke", form: { token: "{refreshToken}" } },
      fields: [
        {
          key: "host",
          title: "Company",
          options: [
            { value: "quickbooks.api.intuit.com", title: "My company" },
            { value: "sandbox-quickbooks.api.intuit.com", title: "A sandbox company (for developers)" },
          ],
        },
      ],
    },
  },
  identify: { request: { path: "/companyinfo/{realm_id}", query: minor }, account: "{realm_id}", label: "{CompanyInfo.CompanyName}" },
  check: { path: "/companyinfo/{realm_id}", query: minor },
  http: {
    baseUrl: "https://{host}/v3/company/{realm_id}",
    errorMessage: "Fault.Error.0.Detail",
    errors: [{ path: "Fault.Error", present: true, code: "provider_invalid_response" }],
    rateLimit: {
      defaultWaitMs: 60_000,
      buckets: [
        { scope: "account", name: "minute", requests: 500, perMs: 60_000 },
        { scope: "account", name: "second", requests: 10, perMs: 1_000 },
      ],
      concurrency: { account: 10 },
    },
  },
  pagination: { type: "offset", first: 1, limit: { value: 500 } },
  objects: {
    customer: { title: "Customers", ...listed("Customer", CUSTOMER, "name"), writes: writes("Customer", CUSTOMER, "name") },
    vendor: { title: "Vendors", ...listed("Vendor", VENDOR, "name"), writes: writes("Vendor", VENDOR, "name") },
    item: { title: "Products and services", ...listed("Item", ITEM, "name"), writes: writes("Item", ITEM, "name") },
    invoice: { title: "Invoices", ...listed("Invoice", INVOICE, "transaction"), writes: writes("Invoice", INVOICE, "transaction") },
    payment: { title: "Payments", ...listed("Payment", PAYMENT, "transaction"), writes: writes("Payment", PAYMENT, "transaction") },
    account: { title: "Accounts", ...listed("Account", ACCOUNT, "name"), writes: writes("Account", ACCOUNT, "name") },
  },
  actions: {
    send_invoice: {
      title: "Send an invoice",
      description: "Emails an invoice to the address on it, or to another one.",
      kind: "action",
      input: [
        { key: "invoice", title: "Invoice ID", type: "string", required: true, example: "101" },
        { key: "email", title: "To another address", type: "string" },
      ],
      request: {
        method: "POST",
        path: "/invoice/{invoice}/send",
        query: { sendTo: "{email}", ...minor },
        headers: { "content-type": "application/octet-stream" },
      },
      result: "Invoice",
      output: fieldList("Id ID | EmailStatus Email | DocNumber Number").fields,
      sample: { input: { invoice: "101" }, answer: { Invoice: { Id: "101", EmailStatus: "EmailSent", DocNumber: "0001" } } },
    },
  },
  // The verifier token of the app's webhooks is the endpoint's secret, not the client secret.
  webhooks: {
    docs: "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks",
    scope: "app",
    verify: { type: "hmac", hash: "sha256", secret: "endpoint", signature: { in: "header", name: "intuit-signature", encoding: "base64" } },
    dedupe: [{ in: "event", name: "id" }],
    events: {
      list: "$",
      topic: { in: "event", name: "type" },
      objects: Object.fromEntries(["customer", "vendor", "item", "invoice", "payment", "account"].map((one) => [`qbo.${one}.*`, one])),
      id: { in: "event", name: "intuitentityid" },
      account: { in: "event", name: "intuitaccountid" },
    },
  },
});
