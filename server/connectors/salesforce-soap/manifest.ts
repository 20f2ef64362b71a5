import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";

const STAMPS = `
  CreatedDate:datetime Created = 2025-03-04T09:12:44.000Z | SystemModstamp:datetime Last changed = 2026-02-11T16:40:05.000Z`;

/** Fields of a record live in a namespace of their own. */
const SOBJECT = { "@xmlns:o": "urn:sobject.partner.soap.sforce.com" };
const PATH = "/{organisation}";
const post = (body: Record<string, object>) => ({ method: "POST" as const, path: PATH, body: body as never });
const refused = { path: "result.success", equals: "false", message: "result.errors.0.message", field: "result.errors.0.fields" };

function writes(type: string, fields: ReturnType<typeof fieldList>["writable"], known: string) {
  const data = Object.fromEntries(fields.map(({ path }) => [`o:${path}`, `{data.${path}}`]));
  return {
    create: {
      request: post({ create: { sObjects: { ...SOBJECT, "o:type": type, ...data } } }),
      id: "result.id",
      refused,
      once: {
        by: "find" as const,
        request: post({ query: { queryString: `SELECT Id, ${known} FROM ${type} WHERE ${known} = '{data.${known}|quoted}'` } }),
        records: "result.records",
        id: "Id.0",
        match: { [known]: known },
      },
    },
    update: { request: post({ update: { sObjects: { ...SOBJECT, "o:type": type, "o:Id": "{id}", ...data } } }), id: "result.id", refused },
    delete: { request: post({ delete: { ids: "{id}" } }), refused },
    fields,
  };
}

/** First line: name at Salesforce, title, and the field a record is looked for by before a create is repeated; then the fields. */
function sobject(text: string) {
  const [head = "", ...lines] = text.split("\n");
  const [type = "", title = "", known = ""] = head.split(", ");
  const { fields, sample, writable } = fieldList(`${lines.join("\n")}${STAMPS}`);
  const columns = ["Id", ...fields.map((field) => field.path)].join(", ");
  const query = (where: string) => post({ query: { queryString: `SELECT ${columns} FROM ${type} ${where}` } });
  return {
    title,
    list: query("ORDER BY Id"),
    onward: post({ queryMore: { queryLocator: "{page}" } }),
    records: "result.records",
    // A record has its id by nature, and once more because it was asked for.
    id: "Id.0",
    updatedAt: "SystemModstamp",
    total: "result.size",
    changes: {
      request: query("WHERE SystemModstamp >= {since} ORDER BY SystemModstamp, Id"),
      format: "iso_s" as const,
      inclusive: true,
      lookbackMs: 600_000,
      order: "updated_ascending" as const,
    },
    deletes: {
      by: "feed" as const,
      request: post({ queryAll: { queryString: `SELECT Id FROM ${type} WHERE IsDeleted = true AND SystemModstamp >= {since}` } }),
      records: "result.records",
      id: "Id.0",
      format: "iso_s" as const,
    },
    one: { request: post({ retrieve: { fieldList: columns, sObjectType: type, ids: "{id}" } }), record: "result" },
    writes: writes(type, writable, known),
    fields: [{ path: "Id.0", type: "string" as const, title: `${type} ID` }, ...fields],
    sample: { "@type": "sf:sObject", type, Id: ["0035g00000AbCdEAAV", "0035g00000AbCdEAAV"], ...sample },
  };
}

const HOST = "[a-z0-9-]+(?:\\.[a-z0-9-]+){0,3}\\.salesforce\\.com";

export default defineConnector({
  key: "salesforce-soap",
  name: "Salesforce (SOAP)",
  tagline: "Accounts, contacts, leads and opportunities by user name and password",
  description: "Salesforce by its SOAP partner API, for organisations that offer no app to sign in with. Prefer Salesforce where you can.",
  categories: ["CRM", "Sales"],
  docs: [
    { title: "End of life", url: "https://developer.salesforce.com/docs/platform/api/guide/api-eol-soap.html", readAt: "2026-11-21" },
    {
      title: "SOAP API",
      url: "https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_quickstart_intro.htm",
      readAt: "2026-11-21",
    },
  ],
  auth: {
    login: {
      type: "login",
      title: "User name and password",
      fields: [
        {
          key: "login",
          title: "Kind of organisation",
          options: [
            { value: "login.salesforce.com", title: "Production or Developer Edition" },
            { value: "test.salesforce.com", title: "Sandbox" },
          ],
          example: "login.salesforce.com",
        },
        { key: "username", title: "User name", example: "integration@acme.example" },
        { key: "password", title: "Password and security token", help: "The token directly behind the password.", secret: true },
      ],
      steps: [
        {
          call: {
            // The last version that still knows login().
            url: "https://{login}/services/Soap/u/64.0",
            headers: { soapaction: '""', accept: "text/xml" },
            text: {
              type: "text/xml; charset=utf-8",
              body: '<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><login xmlns="urn:partner.soap.sforce.com"><username>{username}</username><password>{password}</password></login></e:Body></e:Envelope>',
            },
          },
          take: {
            server_url: {
              from: "text",
              pattern: `<serverUrl>https://(?<instance>${HOST})/services/Soap/u/64\\.0/(?<organisation>00D[A-Za-z0-9]{12})`,
            },
            session: { from: "text", pattern: "<sessionId>([^<]+)</sessionId>" },
          },
          refusedText: "<faultstring>((?:INVALID_LOGIN|LOGIN_|PASSWORD_|INVALID_OPERATION|API_DISABLED)[^<]*)",
        },
      ],
      // A session ends two hours after its last use unless the organisation says otherwise; a fault says so, too.
      lifetimeMs: 7_000_000,
    },
  },
  identify: {
    request: { method: "POST", path: PATH, body: { getUserInfo: {} } },
    accountId: "result.organizationId",
    label: "{result.organizationName}",
  },
  check: { method: "POST", path: PATH, body: { getUserInfo: {} } },
  http: {
    baseUrl: "https://{instance}/services/Soap/u/64.0",
    protocol: {
      type: "soap",
      namespace: "urn:partner.soap.sforce.com",
      header: { SessionHeader: { sessionId: "{session}" } },
      unwrap: true,
    },
    errorMessage: "Envelope.Body.Fault.faultstring",
    errors: [
      { statuses: [500], path: "Envelope.Body.Fault.faultcode", matches: "INVALID_SESSION_ID", code: "reauth_required" },
      { statuses: [500], path: "Envelope.Body.Fault.faultcode", matches: "REQUEST_LIMIT_EXCEEDED", code: "provider_rate_limited" },
      { statuses: [500], path: "Envelope.Body.Fault.faultcode", matches: "SERVER_UNAVAILABLE|QUERY_TIMEOUT", code: "provider_unavailable" },
      { statuses: [500], path: "Envelope.Body.Fault.faultcode", present: true, code: "provider_invalid_response" },
    ],
    rateLimit: { defaultWaitMs: 300_000 },
  },
  pagination: { type: "cursor", next: "result.queryLocator", stop: { done: "result.done" } },
  objects: {
    account: sobject(`Account, Accounts, Name
      Name! Account name = Northwind | Type* Type = Customer | Industry* Industry = Transportation | Phone* Phone = +44 20 7946 0018
      Website* Website | BillingCity* Billing city = London | BillingCountry* Billing country = United Kingdom | OwnerId* Owner ID`),
    contact: sobject(`Contact, Contacts, Email
      LastName! Last name = Okafor | FirstName* First name = Ada | Email* Email = ada.okafor@northwind.example | Phone* Phone
      Title* Title = Head of Operations | AccountId* Account ID = 0015g00000AbCdEAAV | MailingCity* City = London | OwnerId* Owner ID`),
    lead: sobject(`Lead, Leads, Email
      LastName! Last name = Haddad | FirstName* First name = Noor | Company! Company = Contoso | Email* Email = noor@contoso.example
      Status* Status = Open - Not Contacted | LeadSource* Source = Web | OwnerId* Owner ID`),
    opportunity: sobject(`Opportunity, Opportunities, Name
      Name! Opportunity name = Northwind renewal | StageName! Stage = Negotiation/Review | CloseDate:date! Close date = 2026-12-31
      Amount:number* Amount = "12500.0" | AccountId* Account ID = 0015g00000AbCdEAAV | OwnerId* Owner ID`),
  },
});
