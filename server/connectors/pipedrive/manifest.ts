import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";

const STAMPS = `
  is_deleted:boolean Deleted = false | add_time:datetime Added = 2025-03-04T09:12:44Z | update_time:datetime Last changed = 2026-02-11T16:40:05Z
  owner_id:number* Owner ID = 18487521`;
const CUSTOM = " | custom_fields:object* Custom fields = {}"; // of all but activities

const SINCE = { since: { in: "query" as const, name: "updated_since" }, format: "iso_s" as const, inclusive: true, lookbackMs: 60_000 };
const NOTE = Object.fromEntries(["content", "person_id", "org_id", "deal_id", "lead_id"].map((name) => [name, `{${name}}`]));

/** First line: name at Pipedrive, title, field a record is looked for by before a create is repeated; then the fields. */
function entity(text: string) {
  const [head = "", ...lines] = text.split("\n");
  const [name = "", title = "", known] = head.split(", ");
  const plural = name === "activity" ? "activities" : `${name}s`;
  const path = `/v2/${plural}`;
  const { fields, sample, writable } = fieldList(`id:number ID = 4711\n${lines.join("\n")}${STAMPS}${name === "activity" ? "" : CUSTOM}`);
  const once = {
    by: "find" as const,
    request: {
      method: "GET" as const,
      path: `${path}/search`,
      query: { term: `{data.${known}}`, fields: `${known}`, exact_match: "true" },
    },
    records: "data.items",
    id: "item.id",
    match: { [`${known}`]: `item.${known}` },
  };
  const deletedDeals = { by: "feed" as const, since: SINCE.since, format: SINCE.format, records: "data", id: "id" };
  return {
    title,
    list: { path, query: { sort_by: "id", sort_direction: "asc" } },
    records: "data",
    id: "id",
    updatedAt: "update_time",
    // Products cannot be asked for by the time of their change.
    ...(name === "product" ? {} : { changes: { ...SINCE, request: { path, query: { sort_by: "update_time", sort_direction: "asc" } } } }),
    // Only of deals does a list say which were deleted.
    deletes: name === "deal" ? { ...deletedDeals, request: { path, query: { status: "deleted" } } } : { by: "scan" as const },
    one: { request: { method: "GET" as const, path: `${path}/{id}` }, record: "data" },
    writes: {
      create: {
        request: { method: "POST" as const, path, body: "{data}" },
        id: "data.id",
        record: "data",
        ...(known ? { once } : {}),
      },
      update: { request: { method: "PATCH" as const, path: `${path}/{id}`, body: "{data}" }, id: "data.id", record: "data" },
      delete: { request: { method: "DELETE" as const, path: `${path}/{id}` } },
      fields: writable,
    },
    fields,
    sample,
  };
}

const lead = fieldList(`id ID = adf21080-0e10-11eb-879b-05d71fb426ec
  title! Title = Northwind scales | person_id:number* Person ID = 4711 | organization_id:number* Organization ID = 815
  value:object* Value = {"amount":999,"currency":"EUR"} | value.amount:number Amount | value.currency Currency
  expected_close_date:date* Expected close date = 2026-12-31 | label_ids:array* Labels = [] | source_name Source = API
  is_archived:boolean Archived = false | was_seen:boolean* Seen = false | owner_id:number* Owner ID = 18487521
  add_time:datetime Added = 2025-03-04T09:12:44.551Z | update_time:datetime Last changed = 2026-02-11T16:40:05.551Z`);
const user = fieldList(`id:number ID = 18487521
  name Name = Nadia Haddad | email Email = nadia@northwind.example | active_flag:boolean Active = true | is_deleted:boolean Deleted = false
  locale Locale = en_GB | timezone_name Time zone = Europe/London | created Created = 2024-03-04 09:12:44 | modified Last changed = 2026-02-11 16:40:05`);

export default defineConnector({
  key: "pipedrive",
  name: "Pipedrive",
  tagline: "Persons, organizations, deals and leads",
  description: "Persons, organizations, deals, leads, products and activities, as Pipedrive holds them.",
  categories: ["CRM", "Sales"],
  docs: [
    { title: "API reference", url: "https://developers.pipedrive.com/docs/api/v1", readAt: "2026-11-21" },
    { title: "OAuth", url: "https://pipedrive.readme.io/docs/marketplace-oauth-authorization", readAt: "2026-11-21" },
    { title: "Webhooks v2", url: "https://pipedrive.readme.io/docs/guide-for-webhooks-v2", readAt: "2026-11-21" },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "Pipedrive company",
      authorizeUrl: "https://oauth.pipedrive.com/oauth/authorize",
      tokenUrl: "https://oauth.pipedrive.com/oauth/token",
      clientAuth: "basic",
      pkce: false,
      scopes: [
        { scope: "activities:full", reason: "See and change activities" },
        { scope: "admin", reason: "Be told at once when something changes" },
        { scope: "base", reason: "See which company you connect" },
        { scope: "contacts:full", reason: "See and change persons and organizations" },
        { scope: "deals:full", reason: "See and change deals and notes" },
        { scope: "leads:full", reason: "See and change leads" },
        { scope: "products:full", reason: "See and change products" },
        { scope: "users:read", reason: "See who owns a record" },
      ],
      rotating: false,
      keepAliveDays: 60,
      token: { config: { api_domain: { path: "api_domain", pattern: "https://(?<company>[a-z0-9-]+)\\.pipedrive\\.com" } } },
    },
    token: {
      type: "api_key",
      title: "Personal API token",
      fields: [
        { key: "company", title: "Company domain: what stands before .pipedrive.com", example: "northwind", pattern: "[a-z0-9-]+" },
        { key: "api_token", title: "API token", help: "Settings, Personal preferences, API.", secret: true },
      ],
      headers: { "x-api-token": "{api_token}" },
    },
  },
  identify: { request: { path: "/v1/users/me" }, accountId: "data.company_id", label: "{data.company_name}" },
  check: { path: "/v1/users/me" },
  http: {
    baseUrl: "https://{company}.pipedrive.com/api",
    errorMessage: "error",
    success: { path: "success", equals: true },
    // The smallest burst of all plans; the daily budget depends on plan and seats and is not known beforehand.
    rateLimit: {
      defaultWaitMs: 2_000,
      buckets: [{ scope: "account", requests: 20, perMs: 2_000 }],
      readers: [{ header: "x-ratelimit-reset", unit: "seconds" }],
    },
  },
  pagination: {
    type: "cursor",
    next: "additional_data.next_cursor",
    place: { in: "query", name: "cursor" },
    limit: { place: { in: "query", name: "limit" }, value: 500 },
  },
  objects: {
    person: entity(`person, Persons, name
      name! Name = Ada Okafor | first_name First name = Ada | last_name Last name = Okafor
      emails:array* Email addresses = [{"value":"ada.okafor@northwind.example","primary":true,"label":"work"}] | emails.0.value Email
      phones:array* Phone numbers = [{"value":"+44 20 7946 0018","primary":true,"label":"work"}] | phones.0.value Phone
      org_id:number* Organization ID = 815 | job_title Job title | label_ids:array* Labels = [] | marketing_status* Marketing status`),
    organization: entity(`organization, Organizations, name
      name! Name = Northwind | address:object* Address = {"value":"1 Poultry, London","country":"United Kingdom","locality":"London"}
      address.value Address as text | address.locality City | address.country Country | address.postal_code Postal code
      label_ids:array* Labels = [] | visible_to:number* Visible to = 3`),
    deal: entity(`deal, Deals, title
      title! Title = Northwind renewal | value:number* Value = 12500 | currency* Currency = EUR | status* Status = open
      stage_id:number* Stage ID = 3 | pipeline_id:number* Pipeline ID = 1 | person_id:number* Person ID = 4711 | org_id:number* Organization ID = 815
      probability:number* Probability (%) = 90 | expected_close_date:date* Expected close date = 2026-12-31 | lost_reason* Reason it was lost
      won_time:datetime Won at | lost_time:datetime Lost at | close_time:datetime Closed at | label_ids:array* Labels = []`),
    lead: {
      title: "Leads",
      list: { path: "/v1/leads", query: { sort: "add_time" } },
      pagination: {
        type: "offset",
        place: { in: "query", name: "start" },
        limit: { place: { in: "query", name: "limit" }, value: 100 },
        stop: { more: "additional_data.pagination.more_items_in_collection" },
      },
      records: "data",
      id: "id",
      updatedAt: "update_time",
      changes: { ...SINCE, request: { path: "/v1/leads", query: { sort: "update_time" } } },
      deletes: { by: "scan" },
      one: { request: { method: "GET", path: "/v1/leads/{id}" }, record: "data" },
      writes: {
        create: { request: { method: "POST", path: "/v1/leads", body: "{data}" }, id: "data.id", record: "data" },
        update: { request: { method: "PATCH", path: "/v1/leads/{id}", body: "{data}" }, id: "data.id", record: "data" },
        delete: { request: { method: "DELETE", path: "/v1/leads/{id}" } },
        fields: lead.writable,
      },
      fields: lead.fields,
      sample: lead.sample,
    },
    product: entity(`product, Products, name
      name! Name = Pallet scale | code* Code = PS-1500 | description* Description = Up to 1,500 kg | unit* Unit = piece | tax:number* Tax (%) = 20
      prices:array* Prices = [{"product_id":4711,"price":449,"currency":"EUR","cost":0,"direct_cost":0}] | prices.0.price:number Price
      prices.0.currency Currency | category Category | is_linkable:boolean* Can be used = true | billing_frequency* Billing frequency = one-time`),
    activity: entity(`activity, Activities
      subject! Subject = Call back | type* Type = call | due_date:date* Due date = 2026-12-01 | due_time* Due time = 09:30 | duration* Duration = 00:15
      done:boolean* Done = false | note* Note | person_id:number Person ID = 4711 | org_id:number* Organization ID = 815 | deal_id:number* Deal ID
      lead_id* Lead ID | public_description* Description for guests | participants:array* Participants = [{"person_id":4711,"primary":true}]`),
    user: {
      title: "Users",
      list: { path: "/v1/users" },
      pagination: { type: "none" },
      records: "data",
      id: "id",
      updatedAt: "modified",
      one: { request: { method: "GET", path: "/v1/users/{id}" }, record: "data" },
      deletes: { by: "mark", path: "is_deleted", equals: true },
      fields: user.fields,
      sample: user.sample,
    },
  },
  webhooks: {
    docs: "https://pipedrive.readme.io/docs/guide-for-webhooks-v2",
    scope: "connection",
    verify: { type: "basic", user: "inlay", secret: "endpoint" },
    dedupe: [{ in: "body", name: "meta.id" }],
    events: {
      topic: { in: "body", name: "meta.entity" },
      objects: {
        person: "person",
        organization: "organization",
        deal: "deal",
        lead: "lead",
        product: "product",
        activity: "activity",
        user: "user",
      },
      id: { in: "body", name: "meta.entity_id" },
      account: { in: "body", name: "meta.company_id" },
    },
    subscription: {
      topics: ["person", "organization", "deal", "lead", "product", "activity"],
      create: {
        method: "POST",
        path: "/v1/webhooks",
        body: {
          name: "Keeps {topic} in step",
          subscription_url: "{url}",
          event_action: "*",
          event_object: "{topic}",
          http_auth_user: "inlay",
          http_auth_password: "{secret}",
          version: "2.0",
        },
      },
      id: "data.id",
      remove: { method: "DELETE", path: "/v1/webhooks/{id}" },
    },
  },
  actions: {
    add_note: {
      title: "Add a note",
      description: "Writes a note on a person, an organization, a deal or a lead.",
      kind: "action",
      input: [
        { key: "content", title: "Text", help: "May hold HTML.", type: "string", required: true, example: "Paid invoice INV-1001." },
        ...fieldList("person_id:number Person ID | org_id:number Organization ID | deal_id:number Deal ID | lead_id Lead ID").fields.map(
          ({ path, type, title }) => ({ key: path, type, title }),
        ),
      ],
      request: { method: "POST", path: "/v1/notes", body: NOTE },
      result: "data",
      output: fieldList("id:number Note ID | content Text | add_time:datetime Added").fields,
      sample: {
        input: { content: "Paid invoice INV-1001.", person_id: 4711 },
        answer: { success: true, data: { id: 1, content: "Paid invoice INV-1001.", add_time: "2026-11-21 12:00:00", person_id: 4711 } },
      },
    },
  },
});
