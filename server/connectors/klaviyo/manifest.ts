import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";

const JSON_API = { "content-type": "application/vnd.api+json" };
const STAMPS =
  "attributes.created:datetime Created = 2025-03-04T09:12:44+00:00\nattributes.updated:datetime Last changed = 2026-02-11T16:40:05+00:00";

const byLink = (size?: number) => ({
  type: "link" as const,
  next: "links.next",
  ...(size ? { limit: { place: { in: "query" as const, name: "page[size]" }, value: size } } : {}),
});
/** What changed, oldest first. Klaviyo offers "later than" and no "from … on" for this field. */
const updatedSince = (path: string) => ({
  request: { path, query: { sort: "updated" } },
  since: { in: "query" as const, name: "filter", template: "greater-than(updated,{value})" },
  format: "iso" as const,
  inclusive: false,
  lookbackMs: 120_000,
});
const one = (path: string) => ({ request: { method: "GET" as const, path: `${path}/{id}` }, record: "data" });
/** What all objects have in common. `size` is the most a page may hold. */
const resource = (title: string, path: string, { fields, sample }: ReturnType<typeof fieldList>, size?: number) => ({
  title,
  pagination: byLink(size),
  records: "data",
  id: "id",
  updatedAt: "attributes.updated",
  one: one(path),
  fields,
  sample,
});
const changing = (path: string) => ({
  list: { path, query: { sort: "created" } },
  changes: updatedSince(path),
  deletes: { by: "scan" as const },
});
const write = (method: "POST" | "PATCH", path: string, type: string, rest: object = {}) => ({
  request: { method, path, headers: JSON_API, body: { data: { type, ...rest, attributes: "{data.attributes}" } } },
  id: "data.id",
  record: "data",
});

const profile = fieldList(`id Profile ID = 01GDDKASAP8TKDDA2GRZDSVP4H | type Kind = profile
  attributes.email* Email = ada.okafor@northwind.example | attributes.phone_number* Phone = +442079460018 | attributes.external_id* External ID = 63f64a2b
  attributes.first_name* First name = Ada | attributes.last_name* Last name = Okafor | attributes.organization* Organization = Northwind
  attributes.title* Title = Head of Operations | attributes.locale* Language = en-GB | attributes.image* Image
  attributes.location:object* Location = {"city":"London","country":"United Kingdom","zip":"EC2R 8AH","address1":"1 Poultry","region":null}
  attributes.location.city City | attributes.location.country Country | attributes.location.zip Postal code
  attributes.properties:object* Custom properties = {"plan":"team"} | attributes.last_event_date:datetime Last event
  ${STAMPS}`);
const list = fieldList(`id List ID = Y6nRLr | type Kind = list
  attributes.name! Name = Newsletter | attributes.opt_in_process* Opt-in = double_opt_in
  ${STAMPS}`);
const event = fieldList(`id Event ID = 4vRpBT | type Kind = event
  attributes.datetime:datetime When = 2026-02-11T16:40:05+00:00 | attributes.timestamp:number When, in seconds = 1770828005
  attributes.uuid Unique ID = aa1ff180-0b2e-11f1-8001-9b4cdd5e4c1a | attributes.event_properties:object Details = {"Subject":"Spring news"}
  relationships.metric.data.id Metric ID = UxnRLr | relationships.profile.data.id Profile ID = 01GDDKASAP8TKDDA2GRZDSVP4H`);
const metric = fieldList(`id Metric ID = UxnRLr | type Kind = metric
  attributes.name Name = Opened Email | attributes.integration:object From = {"object":"integration","id":"0eK","name":"Klaviyo","category":"Internal"}
  attributes.integration.name Integration
  ${STAMPS}`);
const segment = fieldList(`id Segment ID = Tb2rMk | type Kind = segment
  attributes.name Name = Engaged, 90 days | attributes.is_active:boolean Active = true | attributes.is_processing:boolean Being computed = false
  attributes.is_starred:boolean Starred = false
  ${STAMPS}`);

/** Each endpoint counts for itself: so many in a second, and so many in a minute. */
const limits = (name: string, perSecond: number, perMinute: number, paths: string[]) => [
  { scope: "account" as const, name: `${name}_second`, requests: perSecond, perMs: 1_000, paths },
  { scope: "account" as const, name: `${name}_minute`, requests: perMinute, perMs: 60_000, paths },
];

export default defineConnector({
  key: "klaviyo",
  name: "Klaviyo",
  tagline: "Profiles, lists and events of your marketing",
  description: "Keeps profiles and lists in step with Klaviyo, reads events, metrics and segments, and sends events of your own.",
  categories: ["Marketing"],
  docs: [
    { title: "API overview", url: "https://developers.klaviyo.com/en/reference/api_overview", readAt: "2026-11-21" },
    { title: "OAuth", url: "https://developers.klaviyo.com/en/docs/set_up_oauth", readAt: "2026-11-21" },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "Klaviyo account",
      authorizeUrl: "https://www.klaviyo.com/oauth/authorize",
      tokenUrl: "https://a.klaviyo.com/oauth/token",
      clientAuth: "basic",
      scopes: [
        { scope: "accounts:read", reason: "See which account you connect" },
        { scope: "events:read", reason: "See what your contacts did" },
        { scope: "events:write", reason: "Add events" },
        { scope: "lists:read", reason: "See your lists" },
        { scope: "lists:write", reason: "Change lists and who is on them" },
        { scope: "metrics:read", reason: "See the kinds of events" },
        { scope: "profiles:read", reason: "See your contacts" },
        { scope: "profiles:write", reason: "Add and change contacts" },
        { scope: "segments:read", reason: "See your segments" },
      ],
      rotating: false,
      keepAliveDays: 90,
      revoke: {
        method: "POST",
        url: "https://a.klaviyo.com/oauth/revoke",
        form: { token_type_hint: "refresh_token", token: "{refreshToken}" },
      },
    },
    key: {
      type: "api_key",
      title: "Private API key",
      fields: [
        {
          key: "private_key",
          title: "Private API key",
          help: "Settings, API keys. It begins with pk_.",
          example: "pk_0123456789abcdef",
          pattern: "pk_[A-Za-z0-9_]+",
          secret: true,
        },
      ],
      headers: { authorization: "Klaviyo-API-Key {private_key}" },
    },
  },
  identify: { request: { path: "/accounts" }, accountId: "data.0.id", label: "{data.0.attributes.contact_information.organization_name}" },
  check: { path: "/accounts" },
  http: {
    baseUrl: "https://a.klaviyo.com/api",
    headers: { accept: "application/vnd.api+json", revision: "2026-07-15" },
    errorMessage: "errors.0.detail",
    rateLimit: {
      defaultWaitMs: 10_000,
      buckets: [
        ...limits("profiles", 75, 750, ["/profiles", "/profiles/*", "/profile-import"]),
        ...limits("lists", 75, 750, ["/lists", "/lists/*", "/segments", "/segments/*"]),
        ...limits("events", 350, 3_500, ["/events", "/events/*"]),
        ...limits("metrics", 10, 150, ["/metrics", "/metrics/*", "/lists/*/relationships/**"]),
      ],
    },
  },
  pagination: byLink(),
  objects: {
    profile: {
      ...resource("Profiles", "/profiles", profile, 100),
      ...changing("/profiles"),
      writes: {
        create: {
          ...write("POST", "/profiles", "profile"),
          once: {
            by: "find",
            request: { method: "GET", path: "/profiles", query: { filter: 'equals(email,"{data.attributes.email|quoted}")' } },
            records: "data",
            id: "id",
            match: { "attributes.email": "attributes.email" },
          },
        },
        update: write("PATCH", "/profiles/{id}", "profile", { id: "{id}" }),
        upsert: { ...write("POST", "/profile-import", "profile"), key: "attributes.email" },
        fields: profile.writable,
      },
    },
    list: {
      ...resource("Lists", "/lists", list, 10),
      ...changing("/lists"),
      writes: {
        create: write("POST", "/lists", "list"),
        update: write("PATCH", "/lists/{id}", "list", { id: "{id}" }),
        delete: { request: { method: "DELETE", path: "/lists/{id}" } },
        fields: list.writable,
      },
    },
    event: {
      ...resource("Events", "/events", event, 200),
      list: { path: "/events", query: { sort: "datetime", include: "metric,profile" } },
      updatedAt: "attributes.datetime",
      changes: {
        since: { in: "query", name: "filter", template: "greater-or-equal(datetime,{value})" },
        format: "iso_s",
        inclusive: true,
        lookbackMs: 600_000,
      },
    },
    metric: { ...resource("Metrics", "/metrics", metric), list: { path: "/metrics" } },
    segment: { ...resource("Segments", "/segments", segment, 10), ...changing("/segments") },
  },
  webhooks: {
    docs: "https://developers.klaviyo.com/en/docs/working_with_system_webhooks",
    scope: "connection",
    verify: {
      type: "hmac",
      hash: "sha256",
      signed: "{body}{header:klaviyo-timestamp}",
      secret: "endpoint",
      signature: { in: "header", name: "klaviyo-signature", encoding: "hex" },
    },
    events: {
      list: "data",
      topic: { in: "event", name: "topic" },
      objects: { "event:*": "event" },
      id: { in: "event", name: "payload.data.id" },
    },
  },
  actions: {
    track_event: {
      title: "Add an event",
      description: "Says that a contact did something. A contact that is not known yet is made.",
      kind: "action",
      input: [
        { key: "metric", title: "What happened", type: "string", required: true, maxLength: 128, example: "Placed Order" },
        { key: "email", title: "Email", type: "string", required: true },
        { key: "properties", title: "Details", type: "object", required: true },
        { key: "value", title: "Value", type: "number" },
        { key: "time", title: "When", type: "datetime" },
      ],
      request: {
        method: "POST",
        path: "/events",
        headers: JSON_API,
        body: {
          data: {
            type: "event",
            attributes: {
              properties: "{properties}",
              time: "{time}",
              value: "{value}",
              metric: { data: { type: "metric", attributes: { name: "{metric}" } } },
              profile: { data: { type: "profile", attributes: { email: "{email}" } } },
            },
          },
        },
      },
      once: { by: "key", place: { in: "body", name: "data.attributes.unique_id" }, rememberedMs: 86_400_000 },
      output: [{ path: "$", type: "object", title: "Nothing: Klaviyo only says that it has taken the event" }],
      sample: {
        input: { metric: "Placed Order", email: "ada.okafor@northwind.example", properties: { OrderId: "1001" }, value: 898 },
        answer: null,
      },
    },
  },
});
