import { fieldList } from "../field-list";

export const user = fieldList(`id User ID = U012AB3CD
  name Handle = ada | real_name Name = Ada Okafor | profile.display_name Display name = Ada | profile.email Email = ada.okafor@northwind.example
  profile.title Title = Head of Operations | profile.phone Phone | profile.status_text Status = Travelling | profile.image_192 Picture
  is_bot:boolean Bot = false | is_admin:boolean Administrator = true | is_restricted:boolean Guest = false | deleted:boolean Deactivated = false
  tz Time zone = Europe/London | team_id Workspace ID = T012AB3C4 | updated:number Last changed, in seconds = 1770828005`);
const channel = fieldList(`id Channel ID = C012AB3CD
  name Name = general | is_private:boolean Private = false | is_archived:boolean Archived = false | is_member:boolean The app is a member = true
  is_shared:boolean Shared with others = false | num_members:number Members = 4 | creator Made by = U012AB3CD
  topic.value Topic = Company-wide announcements | purpose.value Purpose = For everybody | created:number Made, in seconds = 1449252889`);
export const message = fieldList(`ts Time stamp = 1512085950.000216
  channel Channel ID = C012AB3CD | user User ID = U012AB3CD | text Text = The truck is here. | type Kind = message | subtype Special kind
  thread_ts Thread | reply_count:number Answers = 0 | bot_id Bot | blocks:array Blocks = [] | attachments:array Attachments = []
  files:array Files = [] | reactions:array Reactions = [{"name":"thumbsup","count":1,"users":["U061F7AUR"]}] | edited.ts Edited`);

export const post = (path: string, body: Record<string, unknown>) => ({
  method: "POST" as const,
  path,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: body as never,
});
export const ofChannels = (title: string, path: string) => ({
  title,
  list: { path, query: { types: "public_channel,private_channel", exclude_archived: "false" } },
  records: "channels",
  id: "id",
  createdAt: "created",
  deletes: { by: "scan" as const },
  one: { request: { method: "GET" as const, path: "/conversations.info", query: { channel: "{id}" } }, record: "channel" },
  fields: channel.fields,
  sample: channel.sample,
});
export const edit = (title: string, description: string, path: string, more: "text"[]) => ({
  title,
  description,
  kind: "action" as const,
  input: [
    { key: "channel", title: "Channel", type: "string" as const, required: true, example: "C012AB3CD" },
    { key: "ts", title: "Time stamp of the message", type: "string" as const, required: true, example: "1503435956.000247" },
    ...more.map((key) => ({ key, title: "Text", type: "string" as const, required: true, maxLength: 40_000 })),
  ],
  request: post(path, Object.fromEntries(["channel", "ts", ...more].map((name) => [name, `{${name}}`]))),
  output: fieldList("channel Channel ID | ts Time stamp").fields,
  sample: {
    input: { channel: "C012AB3CD", ts: "1503435956.000247", ...Object.fromEntries(more.map((name) => [name, "It has left."])) },
    answer: { ok: true, channel: "C012AB3CD", ts: "1503435956.000247" },
  },
});
