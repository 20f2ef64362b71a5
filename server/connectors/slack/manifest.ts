import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";
import { edit, message, ofChannels, post, user } from "./objects";

const cursor = (value: number) => ({
  type: "cursor" as const,
  next: "response_metadata.next_cursor",
  place: { in: "query" as const, name: "cursor" },
  limit: { place: { in: "query" as const, name: "limit" }, value },
});

const fault = (code: "reauth_required" | "insufficient_scope" | "provider_rate_limited" | "provider_unavailable", names: string) => ({
  path: "error",
  matches: `^(${names})$`,
  code,
});
/** Slack's tiers, counted for each method and workspace. */
const tier = (name: string, requests: number, paths: string[]) => ({ scope: "account" as const, name, requests, perMs: 60_000, paths });

export default defineConnector({
  key: "slack",
  name: "Slack",
  tagline: "People, channels and messages; posts for you",
  description:
    "Reads people, channels and the messages of channels the app was added to; makes channels, posts, edits and deletes messages.",
  categories: ["Communication"],
  docs: [
    { title: "OAuth", url: "https://docs.slack.dev/authentication/installing-with-oauth", readAt: "2026-11-21" },
    { title: "Web API", url: "https://docs.slack.dev/apis/web-api/", readAt: "2026-11-21" },
    { title: "Rate limits", url: "https://docs.slack.dev/apis/web-api/rate-limits", readAt: "2026-11-21" },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "Slack workspace",
      authorizeUrl: "https://slack.com/oauth/v2/authorize",
      tokenUrl: "https://slack.com/api/oauth.v2.access",
      pkce: false,
      scopeSeparator: ",",
      scopes: [
        { scope: "channels:history", reason: "Read messages of public channels the app is in" },
        { scope: "channels:manage", reason: "Make and rename public channels" },
        { scope: "channels:read", reason: "See public channels" },
        { scope: "chat:write", reason: "Post messages as the app" },
        { scope: "groups:history", reason: "Read messages of private channels the app is in" },
        { scope: "groups:read", reason: "See private channels the app is in" },
        { scope: "groups:write", reason: "Make and rename private channels" },
        { scope: "users:read", reason: "See people" },
        { scope: "users:read.email", reason: "See people's email addresses" },
      ],
      // With token rotation switched on; without it tokens do not end and nothing is renewed.
      rotating: true,
      refusal: {
        message: "error",
        grant: [
          "invalid_code",
          "code_already_used",
          "invalid_refresh_token",
          "token_revoked",
          "token_expired",
          "invalid_auth",
          "account_inactive",
        ],
        client: ["bad_client_secret", "invalid_client_id", "bad_redirect_uri"],
      },
      revoke: { method: "POST", url: "https://slack.com/api/auth.revoke", headers: { authorization: "Bearer {accessToken}" } },
    },
    bot: {
      type: "api_key",
      title: "Bot token of your own app",
      fields: [{ key: "bot_token", title: "Bot token", example: "xoxb-0123456789-abc", pattern: "xoxb-[A-Za-z0-9-]+", secret: true }],
      headers: { authorization: "Bearer {bot_token}" },
    },
  },
  identify: { request: { path: "/auth.test" }, accountId: "team_id", label: "{team}" },
  check: { path: "/auth.test" },
  http: {
    baseUrl: "https://slack.com/api",
    errorMessage: "error",
    success: { path: "ok", equals: true },
    errors: [
      fault("reauth_required", "invalid_auth|not_authed|account_inactive|token_revoked|token_expired"),
      fault("insufficient_scope", "missing_scope|not_allowed_token_type|no_permission"),
      fault("provider_rate_limited", "ratelimited|rate_limited"),
      fault("provider_unavailable", "internal_error|fatal_error|service_unavailable|request_timeout"),
    ],
    rateLimit: {
      defaultWaitMs: 30_000,
      buckets: [
        tier("users", 20, ["/users.list"]),
        tier("channels", 20, ["/conversations.list", "/users.conversations"]),
        tier("history", 50, ["/conversations.history"]),
        tier("one", 100, ["/users.info", "/users.lookupByEmail"]),
        { scope: "account", name: "post", requests: 1, perMs: 1_000, paths: ["/chat.postMessage"] },
        tier("change", 20, ["/conversations.create", "/conversations.rename"]),
        tier("edit", 50, ["/chat.update", "/chat.delete"]),
      ],
    },
  },
  pagination: cursor(200),
  objects: {
    user: {
      title: "People",
      list: { path: "/users.list" },
      records: "members",
      id: "id",
      updatedAt: "updated",
      deletes: { by: "mark", path: "deleted", equals: true },
      one: { request: { method: "GET", path: "/users.info", query: { user: "{id}" } }, record: "user" },
      fields: user.fields,
      sample: user.sample,
    },
    channel: {
      ...ofChannels("Channels", "/conversations.list"),
      writes: {
        create: {
          request: post("/conversations.create", { name: "{data.name}", is_private: "{data.is_private}" }),
          id: "channel.id",
          record: "channel",
        },
        update: { request: post("/conversations.rename", { channel: "{id}", name: "{data.name}" }), id: "channel.id", record: "channel" },
        fields: fieldList("name!* Name | is_private:boolean+ Private").writable,
      },
    },
    joined_channel: ofChannels("Channels the app is in", "/users.conversations"),
    message: {
      title: "Messages",
      each: "joined_channel",
      // Time stamps are unique within a channel only, and a message does not say where it stands.
      parent: { as: "channel", inId: true },
      list: { path: "/conversations.history", query: { channel: "{parent}", inclusive: "true" } },
      records: "messages",
      id: "ts",
      updatedAt: "ts",
      changes: {
        since: { in: "query", name: "oldest" },
        format: "unix_s",
        inclusive: true,
        // An edited message keeps its time: those of the last day are read again.
        lookbackMs: 86_400_000,
      },
      fields: message.fields,
      sample: message.sample,
    },
  },
  webhooks: {
    docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    scope: "app",
    verify: {
      type: "hmac",
      hash: "sha256",
      signed: "v0:{ts}:{body}",
      secret: "endpoint",
      signature: { in: "header", name: "x-slack-signature", prefix: "v0=", encoding: "hex" },
      timestamp: { in: "header", name: "x-slack-request-timestamp", unit: "s" },
    },
    handshakes: [{ type: "echo_body", when: { path: "type", equals: "url_verification" }, challenge: "challenge" }],
    dedupe: [{ in: "body", name: "event_id" }],
    events: {
      topic: { in: "body", name: "event.type" },
      objects: {
        message: "message",
        "channel_*": "channel",
        member_joined_channel: "joined_channel",
        user_change: "user",
        team_join: "user",
      },
      account: { in: "body", name: "team_id" },
    },
  },
  actions: {
    post_message: {
      title: "Post a message",
      description: "Posts in a channel the app is in, or to one person.",
      kind: "action",
      input: [
        {
          key: "channel",
          title: "Channel or person",
          help: "An ID such as C012AB3CD.",
          type: "string",
          required: true,
          example: "C012AB3CD",
        },
        { key: "text", title: "Text", type: "string", required: true, maxLength: 40_000, example: "Order 1001 is on its way." },
        { key: "thread_ts", title: "Message to answer", type: "string" },
        { key: "blocks", title: "Blocks", type: "array" },
      ],
      request: post("/chat.postMessage", { channel: "{channel}", text: "{text}", thread_ts: "{thread_ts}", blocks: "{blocks}" }),
      output: fieldList("channel Channel ID | ts Time stamp").fields,
      sample: {
        input: { channel: "C012AB3CD", text: "Order 1001 is on its way." },
        answer: {
          ok: true,
          channel: "C012AB3CD",
          ts: "1503435956.000247",
          message: { type: "message", text: "Order 1001 is on its way." },
        },
      },
    },
    edit_message: edit("Edit a message", "Gives a message that the app has posted another text.", "/chat.update", ["text"]),
    delete_message: edit("Delete a message", "Takes away a message that the app has posted.", "/chat.delete", []),
    find_person: {
      title: "Find a person by email",
      description: "The person with this email address.",
      kind: "lookup",
      input: [{ key: "email", title: "Email", type: "string", required: true, example: "ada.okafor@northwind.example" }],
      request: { method: "GET", path: "/users.lookupByEmail", query: { email: "{email}" } },
      result: "user",
      output: fieldList("id User ID | name Handle | real_name Name | profile.email Email").fields,
      sample: {
        input: { email: "ada.okafor@northwind.example" },
        answer: {
          ok: true,
          user: { id: "U012AB3CD", name: "ada", real_name: "Ada Okafor", profile: { email: "ada.okafor@northwind.example" } },
        },
      },
    },
  },
});
