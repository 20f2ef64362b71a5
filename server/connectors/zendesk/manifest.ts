import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";

const STAMPS = `
  created_at:datetime Created = 2025-03-04T09:12:44Z | updated_at:datetime Last changed = 2026-02-11T16:40:05Z`;

/** An incremental export: from a moment on, page after page by addresses, until the stream ends. The start lies a minute or more back. */
const exported = (path: string, next: string) => ({
  list: { path, query: { start_time: "1" } },
  pagination: { type: "link" as const, next, stop: { done: "end_of_stream" } },
  id: "id",
  updatedAt: "updated_at",
  changes: { since: { in: "query" as const, name: "start_time" }, format: "unix_s" as const, inclusive: true, lookbackMs: 300_000 },
});

/** The calls that concern one record: `name` is what bodies and answers wrap it in. */
function record(path: string, name: string, listed: ReturnType<typeof fieldList>["writable"]) {
  const call = (method: "POST" | "PUT", to: string) => ({
    request: { method, path: to, body: { [name]: "{data}" } },
    id: `${name}.id`,
    record: name,
  });
  return {
    create: call("POST", path),
    update: call("PUT", `${path}/{id}`),
    delete: { request: { method: "DELETE" as const, path: `${path}/{id}` } },
    fields: listed,
  };
}
const one = (path: string, name: string) => ({ request: { method: "GET" as const, path: `${path}/{id}` }, record: name });
const find = (path: string, query: Record<string, string>, records: string, by: string) => ({
  by: "find" as const,
  request: { method: "GET" as const, path, query },
  records,
  id: "id",
  match: { [by]: by },
});

const ticket = fieldList(`id:number Ticket ID = 35436
  subject* Subject = Label printer is offline | description Description = It stopped this morning. | status* Status = open
  priority* Priority = high | type* Type = incident | requester_id:number* Requester ID = 20978392 | submitter_id:number+ Submitter ID = 76872
  assignee_id:number* Assignee ID = 235323 | organization_id:number* Organization ID = 509974 | group_id:number* Group ID = 98738
  external_id* External ID = ahg35h3jh | tags:array* Tags = ["printer"] | custom_fields:array* Custom fields = [{"id":27642,"value":"745"}]
  due_at:datetime* Due | via.channel Came by = web | comment:object! Comment | problem_id:number* Problem ID | brand_id:number* Brand ID
  satisfaction_rating.score Rating${STAMPS}`);
const user = fieldList(`id:number User ID = 20978392
  name! Name = Ada Okafor | email* Email = ada.okafor@northwind.example | phone* Phone = +44 20 7946 0018 | role* Role = end-user
  active:boolean Active = true | verified:boolean* Verified = true | suspended:boolean* Suspended = false | external_id* External ID = sai989sur98w9
  organization_id:number* Organization ID = 509974 | time_zone* Time zone = London | locale* Language = en-GB | details* Details | notes* Notes
  tags:array* Tags = [] | user_fields:object* Custom fields = {"plan":"team"} | last_login_at:datetime Last signed in${STAMPS}`);
const organization = fieldList(`id:number Organization ID = 509974
  name! Name = Northwind | domain_names:array* Domains = ["northwind.example"] | details* Details | notes* Notes | external_id* External ID = nw-1
  group_id:number* Group ID | shared_tickets:boolean* Tickets are shared = false | shared_comments:boolean* Comments are shared = false
  tags:array* Tags = ["smiley"] | organization_fields:object* Custom fields = {}${STAMPS}`);
const listed = ({ writable }: typeof ticket) => writable;
const readable = ({ fields }: typeof ticket) => fields.filter((field) => field.path !== "comment");
const subdomain = {
  key: "subdomain",
  title: "Subdomain",
  help: "What stands before .zendesk.com in your browser.",
  example: "northwind",
  pattern: "[a-z0-9][a-z0-9-]{0,62}",
};

export default defineConnector({
  key: "zendesk",
  name: "Zendesk",
  tagline: "Tickets, users and organizations",
  description: "Tickets, users and organizations, as Zendesk Support holds them.",
  categories: ["Support"],
  docs: [
    {
      title: "Incremental exports",
      url: "https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/",
      readAt: "2026-11-21",
    },
    { title: "Tickets", url: "https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/", readAt: "2026-11-21" },
    { title: "Webhooks", url: "https://developer.zendesk.com/api-reference/event-connectors/webhooks/webhooks/", readAt: "2026-11-21" },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "Zendesk account",
      fields: [subdomain],
      authorizeUrl: "https://{subdomain}.zendesk.com/oauth/authorizations/new",
      tokenUrl: "https://{subdomain}.zendesk.com/oauth/tokens",
      tokenBody: "json",
      scopes: [
        { scope: "read", reason: "See your tickets, users and organizations" },
        { scope: "write", reason: "Add, change and delete them" },
      ],
      rotating: true,
      revoke: {
        method: "DELETE",
        url: "https://{subdomain}.zendesk.com/api/v2/oauth/tokens/current.json",
        headers: { authorization: "Bearer {accessToken}" },
      },
    },
    token: {
      type: "api_key",
      title: "API token",
      fields: [
        subdomain,
        {
          key: "email",
          title: "Your email address",
          help: "Of an administrator.",
          example: "nadia@northwind.example",
          pattern: "[^\\s:@]+@[^\\s:@]+",
        },
        { key: "api_token", title: "API token", help: "Admin Center, Apps and integrations, APIs.", secret: true },
      ],
      basic: { username: "{email}/token", password: "{api_token}" },
    },
  },
  identify: { account: "{subdomain}", label: "{subdomain}.zendesk.com" },
  check: { path: "/tickets/count" },
  http: {
    baseUrl: "https://{subdomain}.zendesk.com/api/v2",
    errorMessage: "description",
    rateLimit: {
      defaultWaitMs: 60_000,
      buckets: [
        { scope: "account", requests: 200, perMs: 60_000 },
        { scope: "account", name: "exports", requests: 10, perMs: 60_000, paths: ["/incremental/**"] },
      ],
      remaining: [{ header: "x-rate-limit-remaining" }],
    },
  },
  pagination: { type: "link", next: "links.next", stop: { more: "meta.has_more" } },
  objects: {
    ticket: {
      title: "Tickets",
      ...exported("/incremental/tickets/cursor", "after_url"),
      records: "tickets",
      one: one("/tickets", "ticket"),
      deletes: { by: "mark", path: "status", equals: "deleted" },
      writes: {
        ...record("/tickets", "ticket", listed(ticket)),
        create: {
          ...record("/tickets", "ticket", []).create,
          once: { by: "key", place: { in: "header", name: "Idempotency-Key" }, rememberedMs: 7_200_000 },
        },
      },
      fields: readable(ticket),
      sample: ticket.sample,
    },
    user: {
      title: "Users",
      ...exported("/incremental/users/cursor", "after_url"),
      records: "users",
      one: one("/users", "user"),
      deletes: { by: "mark", path: "active", equals: false },
      writes: {
        ...record("/users", "user", listed(user)),
        create: {
          ...record("/users", "user", []).create,
          once: find("/users/search", { query: 'email:"{data.email|quoted}"' }, "users", "email"),
        },
        upsert: { ...record("/users/create_or_update", "user", []).create, key: "email" },
      },
      fields: readable(user),
      sample: user.sample,
    },
    organization: {
      title: "Organizations",
      ...exported("/incremental/organizations", "next_page"),
      records: "organizations",
      one: one("/organizations", "organization"),
      deletes: { by: "mark", path: "deleted_at" },
      writes: {
        ...record("/organizations", "organization", listed(organization)),
        create: {
          ...record("/organizations", "organization", []).create,
          once: find("/organizations/search", { name: "{data.name}" }, "organizations", "name"),
        },
      },
      fields: readable(organization),
      sample: organization.sample,
    },
  },
  webhooks: {
    docs: "https://developer.zendesk.com/documentation/webhooks/verifying/",
    scope: "connection",
    verify: {
      type: "hmac",
      hash: "sha256",
      signed: "{ts}{body}",
      secret: "endpoint",
      signature: { in: "header", name: "x-zendesk-webhook-signature", encoding: "base64" },
      timestamp: { in: "header", name: "x-zendesk-webhook-signature-timestamp", unit: "iso" },
    },
    dedupe: [{ in: "body", name: "id" }],
    events: {
      topic: { in: "body", name: "type" },
      objects: { "zen:event-type:ticket.*": "ticket", "zen:event-type:user.*": "user", "zen:event-type:organization.*": "organization" },
      id: { in: "body", name: "detail.id" },
    },
  },
  actions: {
    add_comment: {
      title: "Add a comment",
      description: "Answers a ticket, or leaves a note that only agents see.",
      kind: "action",
      input: [
        { key: "ticket", title: "Ticket ID", type: "number", required: true },
        { key: "body", title: "Text", type: "string", required: true, maxLength: 65_535 },
        { key: "public", title: "The requester sees it", type: "boolean" },
      ],
      request: { method: "PUT", path: "/tickets/{ticket}", body: { ticket: { comment: { body: "{body}", public: "{public}" } } } },
      result: "ticket",
      output: fieldList("id:number Ticket ID | status Status | updated_at:datetime Last changed").fields,
      sample: {
        input: { ticket: 35436, body: "The new printer is on its way.", public: true },
        answer: { ticket: { id: 35436, status: "open", updated_at: "2026-11-21T12:00:00Z" } },
      },
    },
    find_user: {
      title: "Find users",
      description: "Users whose name, email or other details match.",
      kind: "lookup",
      input: [{ key: "query", title: "What to look for", type: "string", required: true, example: "ada.okafor@northwind.example" }],
      request: { method: "GET", path: "/users/search", query: { query: "{query}" } },
      result: "users",
      output: fieldList("id:number User ID | name Name | email Email | role Role").fields,
      sample: {
        input: { query: "ada" },
        answer: { users: [{ id: 20978392, name: "Ada Okafor", email: "ada.okafor@northwind.example", role: "end-user" }], count: 1 },
      },
    },
  },
});
