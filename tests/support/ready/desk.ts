import { among, hasMail, id, joined, land, mail, moment, type Truth, textOf } from "./oracle";

export const DESK: Record<string, Truth> = {
  "zendesk/tickets": {
    gives: (at) => ({
      ...{ subject: textOf(at("subject")) ?? "(no subject)", text: textOf(at("description")), channel: textOf(at("via.channel")) },
      state: among(at("status"), "solved", "closed") ? "solved" : among(at("status"), "pending", "hold") ? "waiting" : "open",
      ...{ priority: textOf(at("priority")), requester: id(at("requester_id")) },
      ...{ createdAt: moment(at("created_at")), updatedAt: moment(at("updated_at")) },
    }),
  },
  "zendesk/people": {
    takes: (at) => at("role") === "end-user",
    gives: (at) => ({
      ...{ fullName: textOf(at("name")), email: mail(at("email")), phone: textOf(at("phone")) },
      ...{ createdAt: moment(at("created_at")), updatedAt: moment(at("updated_at")) },
    }),
  },
  "zendesk/ticket_events": {
    gives: (at) => ({
      ...{ name: "ticket_opened", happenedAt: moment(at("created_at")), person: id(at("requester_id")), detail: textOf(at("via.channel")) },
    }),
  },
  "hubspot/tickets": {
    gives: (at) => ({
      ...{ subject: textOf(at("properties.subject")), text: textOf(at("properties.content")) },
      state: { "2": "waiting", "4": "solved" }[String(at("properties.hs_pipeline_stage"))] ?? "open",
      priority: { LOW: "low", MEDIUM: "normal", HIGH: "high", URGENT: "urgent" }[String(at("properties.hs_ticket_priority"))] ?? null,
      ...{ createdAt: moment(at("createdAt")), updatedAt: moment(at("updatedAt")) },
    }),
  },
  "salesforce/cases": {
    gives: (at) => ({
      ...{
        subject: textOf(at("Subject")) ?? "(no subject)",
        text: textOf(at("Description")),
        state: at("IsClosed") === true ? "solved" : "open",
      },
      priority: { Low: "low", Medium: "normal", High: "high" }[String(at("Priority"))] ?? null,
      ...{ requester: id(at("ContactId")), channel: textOf(at("Origin")) },
      ...{ createdAt: moment(at("CreatedDate")), updatedAt: moment(at("SystemModstamp")) },
    }),
  },
  "klaviyo/profiles": {
    takes: hasMail("attributes.email"),
    gives: (at) => ({
      ...{
        firstName: textOf(at("attributes.first_name")),
        lastName: textOf(at("attributes.last_name")),
        email: mail(at("attributes.email")),
      },
      fullName: joined(at("attributes.first_name"), at("attributes.last_name")),
      ...{
        phone: textOf(at("attributes.phone_number")),
        company: textOf(at("attributes.organization")),
        jobTitle: textOf(at("attributes.title")),
      },
      ...{ city: textOf(at("attributes.location.city")), country: land(at("attributes.location.country")) },
      ...{ createdAt: moment(at("attributes.created")), updatedAt: moment(at("attributes.updated")) },
    }),
  },
  "klaviyo/lists": {
    gives: (at) => ({
      ...{ name: textOf(at("attributes.name")), doubleOptIn: at("attributes.opt_in_process") === "double_opt_in" },
      ...{ createdAt: moment(at("attributes.created")), updatedAt: moment(at("attributes.updated")) },
    }),
  },
  "klaviyo/events": {
    gives: (at) => ({
      ...{ happenedAt: moment(at("attributes.datetime")), contact: id(at("relationships.profile.data.id")) },
      ...{ kind: id(at("relationships.metric.data.id")), subject: textOf(at("attributes.event_properties.Subject")) },
    }),
  },
  "klaviyo/campaign_events": {
    gives: (at) => ({
      ...{ name: "campaign_event", happenedAt: moment(at("attributes.datetime")) },
      ...{ person: id(at("relationships.profile.data.id")), detail: id(at("relationships.metric.data.id")) },
    }),
  },
};
