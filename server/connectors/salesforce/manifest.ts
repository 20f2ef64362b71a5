import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";

const STAMPS = `
  CreatedDate:datetime Created = 2025-03-04T09:12:44.000+0000 | LastModifiedDate:datetime Last changed by a person = 2026-02-11T16:40:05.000+0000
  SystemModstamp:datetime Last changed = 2026-02-11T16:40:05.000+0000`;

const saved = { list: "$", ok: { path: "success", equals: true }, id: "id", error: "errors.0.message", field: "errors.0.fields.0" };

const DELETED = "SELECT Id FROM {type} WHERE IsDeleted = true AND SystemModstamp >= {since}";
const gone = { by: "feed" as const, records: "records", id: "Id", format: "iso_s" as const };

/** `known`: the field a record is looked for by before a create is repeated; "-" = none is its own. */
function writes(type: string, listed: ReturnType<typeof fieldList>["writable"], known: string) {
  const path = `/sobjects/${type}`;
  const batch = (method: "POST" | "PATCH", item: object) => ({
    request: { method, path: "/composite/sobjects", body: { allOrNone: false, records: "{items}" } },
    item: { attributes: { type }, ...item, "...": "{data}" },
    size: 200,
    results: saved,
  });
  return {
    create: {
      request: { method: "POST" as const, path, body: "{data}" },
      id: "id",
      ...(known === "-" ? {} : { once: lookedFor(type, known) }),
      batch: batch("POST", {}),
    },
    update: { request: { method: "PATCH" as const, path: `${path}/{id}`, body: "{data}" }, batch: batch("PATCH", { id: "{id}" }) },
    ...(type === "User" ? {} : { delete: { request: { method: "DELETE" as const, path: `${path}/{id}` } } }),
    open: true,
    fields: listed,
  };
}

const lookedFor = (type: string, known: string) => ({
  by: "find" as const,
  request: {
    method: "GET" as const,
    path: "/query",
    query: { q: `SELECT Id, ${known} FROM ${type} WHERE ${known} = '{data.${known}|quoted}' ORDER BY CreatedDate DESC LIMIT 10` },
  },
  records: "records",
  id: "Id",
  match: { [known]: known },
});

/** First line: name at Salesforce, title, how its ids begin, and the field a record is known by. */
function sobject(text: string) {
  const [head = "", ...lines] = text.split("\n");
  const [type = "", title = "", prefix = "", known = "-"] = head.split(", ");
  const id = `${prefix}5g00000AbCdEAAV`;
  const { fields, sample, writable } = fieldList(`Id ${type} ID = ${id}\n${lines.join("\n")}${STAMPS}`);
  const select = `SELECT ${fields.map((field) => field.path).join(", ")} FROM ${type}`;
  return {
    title,
    list: { path: "/query", query: { q: `${select} ORDER BY Id` } },
    records: "records",
    id: "Id",
    updatedAt: "SystemModstamp",
    total: "totalSize",
    changes: {
      request: { path: "/query", query: { q: `${select} WHERE SystemModstamp >= {since} ORDER BY SystemModstamp, Id` } },
      format: "iso_s" as const,
      inclusive: true,
      // A long transaction shows its records when it ends, with times from its course.
      lookbackMs: 600_000,
      order: "updated_ascending" as const,
    },
    one: { request: { method: "GET" as const, path: `/sobjects/${type}/{id}`, query: { fields: fields.map((f) => f.path).join(",") } } },
    ...(type === "User" ? {} : { deletes: { ...gone, request: { path: "/queryAll", query: { q: DELETED.replace("{type}", type) } } } }),
    writes: writes(type, writable, known),
    fields,
    sample: { attributes: { type, url: `/services/data/v66.0/sobjects/${type}/${id}` }, ...sample },
  };
}

const INSTANCE = "https://(?<instance>[a-z0-9-]+(?:\\.[a-z0-9-]+){0,3}\\.salesforce\\.com)";
const token = { config: { instance_url: { path: "instance_url", pattern: INSTANCE } } };
const refusal = {
  grant: ["invalid_grant", "unauthorized_client", "inactive_user", "inactive_org"],
  client: ["invalid_client", "invalid_client_id"],
};
const audience = {
  key: "login",
  title: "Kind of organisation",
  options: [
    { value: "login.salesforce.com", title: "Production or Developer Edition" },
    { value: "test.salesforce.com", title: "Sandbox" },
  ],
};

export default defineConnector({
  key: "salesforce",
  name: "Salesforce",
  tagline: "Accounts, contacts, leads, opportunities and cases",
  description: "Accounts, contacts, leads, opportunities, cases, products and orders, as Salesforce holds them.",
  categories: ["CRM", "Sales"],
  docs: [
    {
      title: "OAuth",
      url: "https://help.salesforce.com/HTViewHelpDoc?id=remoteaccess_oauth_web_server_flow.htm&language=en_US",
      readAt: "2026-11-21",
    },
    { title: "REST API", url: "https://developer.salesforce.com/docs/platform/api-rest/guide/intro-rest.html", readAt: "2026-11-21" },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "Salesforce organisation",
      fields: [
        {
          key: "login",
          title: "Where you sign in",
          help: "login.salesforce.com, test.salesforce.com for a sandbox, or your company's own My Domain.",
          example: "login.salesforce.com",
          pattern:
            "(?:login|test)\\.salesforce\\.com|[a-z0-9-]+(?:\\.sandbox|\\.develop|\\.scratch|\\.demo|\\.trailblaze)?\\.my\\.salesforce\\.com",
        },
      ],
      authorizeUrl: "https://{login}/services/oauth2/authorize",
      tokenUrl: "https://{login}/services/oauth2/token",
      scopes: [
        { scope: "api", reason: "See and change the records you may see and change yourself" },
        { scope: "refresh_token", reason: "Stay connected while you are away" },
      ],
      rotating: false,
      token,
      refusal,
      revoke: { method: "POST", url: "https://{login}/services/oauth2/revoke", form: { token: "{refreshToken}" } },
    },
    client: {
      type: "oauth2_client",
      title: "Client credentials of your own external client app",
      clientId: "{client_id}",
      clientSecret: "{client_secret}",
      tokenUrl: "https://{domain}.my.salesforce.com/services/oauth2/token",
      token,
      refusal,
      fields: [
        { key: "domain", title: "What stands before .my.salesforce.com", example: "acme", pattern: "[a-z0-9-]+(?:\\.sandbox)?" },
        { key: "client_id", title: "Consumer key" },
        { key: "client_secret", title: "Consumer secret", secret: true },
      ],
    },
    jwt: {
      type: "jwt",
      title: "Certificate (JWT bearer)",
      algorithm: "RS256",
      key: "{private_key}",
      claims: { iss: "{client_id}", sub: "{username}", aud: "https://{login}" },
      exchange: {
        url: "https://{login}/services/oauth2/token",
        form: { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: "{assertion}" },
      },
      token,
      refusal,
      fields: [
        audience,
        { key: "client_id", title: "Consumer key" },
        { key: "username", title: "User name", example: "integration@acme.example" },
        { key: "private_key", title: "Private key", secret: true, multiline: true },
      ],
    },
  },
  identify: {
    request: { path: "/query", query: { q: "SELECT Id, Name FROM Organization" } },
    accountId: "records.0.Id",
    label: "{records.0.Name}",
  },
  check: { path: "/query", query: { q: "SELECT Id FROM Organization" } },
  http: {
    baseUrl: "https://{instance}/services/data/v66.0",
    errorMessage: "0.message",
    errors: [
      { statuses: [403], path: "0.errorCode", equals: "REQUEST_LIMIT_EXCEEDED", code: "provider_rate_limited" },
      {
        statuses: [400, 500, 503],
        path: "0.errorCode",
        matches: "^(SERVER_UNAVAILABLE|QUERY_TIMEOUT|UNABLE_TO_LOCK_ROW)$",
        code: "provider_unavailable",
      },
    ],
    rateLimit: { defaultWaitMs: 300_000 },
  },
  pagination: { type: "link", next: "nextRecordsUrl", stop: { done: "done" } },
  objects: {
    account: sobject(`Account, Accounts, 001, Name
      Name! Account name = Northwind | Type* Type = Customer | Industry* Industry = Transportation | Phone* Phone = +44 20 7946 0018 | Website* Website
      BillingStreet* Billing street | BillingCity* Billing city = London | BillingPostalCode* Billing postal code | BillingState* Billing state
      BillingCountry* Billing country = United Kingdom | AnnualRevenue:number* Annual revenue = 1250000.0 | NumberOfEmployees:number* Employees = 120
      AccountNumber* Account number | ParentId* Parent account ID | OwnerId* Owner ID = 0055g00000AbCdEAAV`),
    contact: sobject(`Contact, Contacts, 003, Email
      LastName! Last name = Okafor | FirstName* First name = Ada | Email* Email = ada.okafor@northwind.example | Phone* Phone
      MobilePhone* Mobile = +44 7700 900123 | Title* Title = Head of Operations | Department* Department | AccountId* Account ID = 0015g00000AbCdEAAV
      MailingStreet* Street | MailingCity* City = London | MailingPostalCode* Postal code | MailingState* State | MailingCountry* Country = United Kingdom
      HasOptedOutOfEmail:boolean* Opted out of email = false | OwnerId* Owner ID = 0055g00000AbCdEAAV`),
    lead: sobject(`Lead, Leads, 00Q, Email
      LastName! Last name = Haddad | FirstName* First name = Noor | Company! Company = Contoso | Email* Email = noor@contoso.example | Phone* Phone
      Title* Title = Buyer | Status* Status = Open - Not Contacted | LeadSource* Source = Web | Rating* Rating | Industry* Industry | City* City
      Country* Country = United States | IsConverted:boolean Converted = false | ConvertedContactId Contact it became | OwnerId* Owner ID`),
    opportunity: sobject(`Opportunity, Opportunities, 006, Name
      Name! Opportunity name = Northwind renewal | StageName! Stage = Negotiation/Review | CloseDate:date! Close date = 2026-12-31
      Amount:number* Amount = 12500.0 | Probability:number* Probability (%) = 90.0 | AccountId* Account ID = 0015g00000AbCdEAAV | Type* Type
      LeadSource* Source | NextStep* Next step | Description* Description | IsClosed:boolean Closed = false | IsWon:boolean Won = false
      Pricebook2Id* Price book ID | OwnerId* Owner ID = 0055g00000AbCdEAAV`),
    case: sobject(`Case, Cases, 500, Subject
      CaseNumber Case number = 00001042 | Subject* Subject = Label printer is offline | Description* Description | Status* Status = New
      Priority* Priority = High | Origin* Origin = Email | Type* Type | Reason* Reason | ContactId* Contact ID = 0035g00000AbCdEAAV
      AccountId* Account ID | IsClosed:boolean Closed = false | ClosedDate:datetime Closed at | OwnerId* Owner ID`),
    product: sobject(`Product2, Products, 01t, ProductCode
      Name! Product name = Pallet scale | ProductCode* Product code = PS-1500 | Description* Description = Up to 1,500 kg
      Family* Family | IsActive:boolean* Active = true | StockKeepingUnit* SKU = PS-1500 | QuantityUnitOfMeasure* Unit`),
    order: sobject(`Order, Orders, 801, OrderReferenceNumber
      OrderNumber Order number = 00000107 | AccountId! Account ID = 0015g00000AbCdEAAV | EffectiveDate:date! Start date = 2026-11-02
      Status! Status = Draft | TotalAmount:number Amount = 898.0 | OrderReferenceNumber* Reference = 1001 | PoNumber* Purchase order | Type* Type
      Pricebook2Id* Price book ID | ShippingCity* Shipping city = London | ShippingCountry* Shipping country | OwnerId* Owner ID`),
    order_item: sobject(`OrderItem, Order products, 802, -
      OrderId!+ Order ID = 8015g00000AbCdEAAV | PricebookEntryId!+ Price book entry ID = 01u5g00000AbCdEAAV
      Product2Id Product ID = 01t5g00000AbCdEAAV | Quantity:number!* Quantity = 2.0 | UnitPrice:number!* Unit price = 449.0
      TotalPrice:number Total price = 898.0 | Description* Description`),
    task: sobject(`Task, Tasks, 00T, Subject
      Subject* Subject = Call back | Status* Status = Not Started | Priority* Priority = Normal | ActivityDate:date* Due date = 2026-12-01
      WhoId* Contact or lead ID = 0035g00000AbCdEAAV | WhatId* Related record ID | Description* Comments | OwnerId* Assigned to ID`),
    user: sobject(`User, Users, 005, Username
      Name Name = Nadia Haddad | FirstName* First name = Nadia | LastName! Last name = Haddad | Alias! Alias = nhadd
      Username! User name = nadia@northwind.example | Email! Email = nadia@northwind.example | IsActive:boolean* Active = true | Title* Title
      Department* Department = Sales | UserType Kind = Standard | ProfileId! Profile ID = 00e5g00000AbCdEAAV
      TimeZoneSidKey! Time zone = Europe/London | LocaleSidKey! Locale = en_GB | LanguageLocaleKey! Language = en_US
      EmailEncodingKey! Encoding of emails = UTF-8`),
  },
  actions: {
    describe: {
      title: "Fields of an object",
      description: "What fields an object has in this organisation, custom ones included.",
      kind: "lookup",
      input: [{ key: "object", title: "Name of the object", type: "string", required: true, example: "Contact" }],
      request: { method: "GET", path: "/sobjects/{object}/describe" },
      result: "fields",
      output: fieldList("name Name | label Label | type Type | custom:boolean Custom | updateable:boolean Can be changed").fields,
      none: [{ status: 404 }],
      sample: {
        input: { object: "Contact" },
        answer: { fields: [{ name: "Email", label: "Email", type: "email", custom: false, updateable: true }] },
      },
    },
  },
});
