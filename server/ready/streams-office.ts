import {
  composed,
  computed,
  country,
  email,
  fixed,
  free,
  from,
  hidden,
  needed,
  optional,
  phone,
  reference,
  stream,
  text,
  when,
  worded,
} from "./fields";

/** What support and e-mail marketing systems give and take. */

export const zendeskBuyers = stream({
  ...{ key: "buyers", object: "user", model: "buyer", label: "What people have bought", direction: "push", match: "email" },
  summary: "A person's orders in words, as the notes beside their tickets; who is not there yet is made.",
  fields: [text("name", "name"), email("email", "email"), text("summary", "notes")],
});

const ticketChoices = { ...optional("text", "channel"), ...hidden("createdAt", "updatedAt") };

export const zendeskTickets = stream({
  ...{ key: "tickets", object: "ticket", model: "ticket", label: "Tickets" },
  summary: "Each ticket with state, priority and who asked.",
  fields: [
    needed(from("subject", "subject", { type: "default", value: "(no subject)" }, { type: "trim" })),
    text("text", "description"),
    needed(
      worded(
        "state",
        "status",
        { new: "open", open: "open", pending: "waiting", hold: "waiting", solved: "solved", closed: "solved" },
        "open",
      ),
    ),
    worded("priority", "priority", { low: "low", normal: "normal", high: "high", urgent: "urgent" }),
    reference("requester", "requester_id"),
    text("channel", "via.channel"),
    when("createdAt", "created_at"),
    when("updatedAt", "updated_at"),
  ],
  choices: ticketChoices,
});

export const zendeskUsers = stream({
  ...{ key: "people", object: "user", model: "contact", label: "People who ask" },
  summary: "End users; agents and admins are left out.",
  fields: [
    text("fullName", "name"),
    email("email", "email"),
    phone("phone", "phone"),
    when("createdAt", "created_at"),
    when("updatedAt", "updated_at"),
  ],
  filter: 'role == "end-user"',
  choices: {
    ...optional("phone"),
    ...free("firstName", "lastName", "company", "jobTitle", "city", "country"),
    ...hidden("createdAt", "updatedAt"),
  },
});

export const zendeskTicketEvents = stream({
  ...{ key: "ticket_events", object: "ticket", model: "analytics_event", label: "Tickets opened" },
  summary: "One event for each ticket: when it was opened, by whom, through which channel.",
  everyMinutes: 60,
  fields: [
    needed(fixed("name", "ticket_opened")),
    needed(when("happenedAt", "created_at")),
    from("person", "requester_id", { type: "string" }),
    text("detail", "via.channel"),
  ],
  choices: optional("person", "detail"),
});

export const hubspotTickets = stream({
  ...{ key: "tickets", object: "ticket", model: "ticket", label: "Tickets" },
  summary: "Each ticket; the stages of the usual pipeline are known, customers with others map theirs.",
  fields: [
    needed(text("subject", "properties.subject")),
    text("text", "properties.content"),
    needed(worded("state", "properties.hs_pipeline_stage", { "1": "open", "2": "waiting", "3": "open", "4": "solved" }, "open")),
    worded("priority", "properties.hs_ticket_priority", { LOW: "low", MEDIUM: "normal", HIGH: "high", URGENT: "urgent" }),
    when("createdAt", "createdAt"),
    when("updatedAt", "updatedAt"),
  ],
  choices: { ...ticketChoices, ...free("state", "requester", "channel") },
});

export const salesforceCases = stream({
  ...{ key: "cases", object: "case", model: "ticket", label: "Cases" },
  summary: "Each case with priority, origin and who asked.",
  fields: [
    needed(from("subject", "Subject", { type: "default", value: "(no subject)" }, { type: "trim" })),
    text("text", "Description"),
    needed(computed("state", 'IsClosed ? "solved" : "open"')),
    worded("priority", "Priority", { Low: "low", Medium: "normal", High: "high" }),
    reference("requester", "ContactId"),
    text("channel", "Origin"),
    when("createdAt", "CreatedDate"),
    when("updatedAt", "SystemModstamp"),
  ],
  choices: { ...ticketChoices, ...free("state", "priority") },
});

export const klaviyoProfiles = stream({
  ...{ key: "profiles", object: "profile", model: "contact", label: "Profiles" },
  summary: "Profiles with an e-mail address. Consent is not among what the profile list gives.",
  fields: [
    text("firstName", "attributes.first_name"),
    text("lastName", "attributes.last_name"),
    composed("fullName", "{attributes.first_name} {attributes.last_name}"),
    email("email", "attributes.email"),
    phone("phone", "attributes.phone_number"),
    text("company", "attributes.organization"),
    text("jobTitle", "attributes.title"),
    text("city", "attributes.location.city"),
    country("country", "attributes.location.country"),
    when("createdAt", "attributes.created"),
    when("updatedAt", "attributes.updated"),
  ],
  filter: 'attributes.email.contains("@")',
  choices: { ...optional("phone", "city", "country"), ...free("company", "jobTitle"), ...hidden("createdAt", "updatedAt") },
});

export const klaviyoLists = stream({
  ...{ key: "lists", object: "list", model: "mailing_list", label: "Lists" },
  summary: "Each list, and whether it asks twice before it takes somebody.",
  everyMinutes: 60,
  fields: [
    needed(text("name", "attributes.name")),
    worded("doubleOptIn", "attributes.opt_in_process", { double_opt_in: true }, false),
    when("createdAt", "attributes.created"),
    when("updatedAt", "attributes.updated"),
  ],
  choices: hidden("createdAt", "updatedAt"),
});

const EVENT = {
  happenedAt: needed(when("happenedAt", "attributes.datetime")),
  subject: "attributes.event_properties.Subject",
  metric: "relationships.metric.data.id",
  profile: "relationships.profile.data.id",
};

export const klaviyoEvents = stream({
  ...{ key: "events", object: "event", model: "campaign_event", label: "Opens and clicks" },
  summary: "What profiles did with messages, of the last 90 days.",
  backfillDays: 90,
  fields: [EVENT.happenedAt, reference("contact", EVENT.profile), text("kind", EVENT.metric), text("subject", EVENT.subject)],
  choices: optional("subject"),
});

export const klaviyoAnalytics = stream({
  ...{ key: "campaign_events", object: "event", model: "analytics_event", label: "Campaign events" },
  summary: "One event for each thing a profile did, of the last year.",
  everyMinutes: 60,
  backfillDays: 365,
  fields: [needed(fixed("name", "campaign_event")), EVENT.happenedAt, text("person", EVENT.profile), text("detail", EVENT.metric)],
  choices: optional("person"),
});
