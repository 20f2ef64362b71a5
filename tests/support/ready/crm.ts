import {
  among,
  amount,
  type Data,
  dayOf,
  hasMail,
  id,
  joined,
  land,
  listOf,
  mail,
  moment,
  type Reader,
  type Truth,
  textOf,
} from "./oracle";

const P = "properties";
const hubspotContact = (at: Reader): Data => ({
  firstName: textOf(at(`${P}.firstname`)),
  lastName: textOf(at(`${P}.lastname`)),
  fullName: joined(at(`${P}.firstname`), at(`${P}.lastname`)),
  email: mail(at(`${P}.email`)),
  phone: textOf(at(`${P}.phone`)),
  company: textOf(at(`${P}.company`)),
  jobTitle: textOf(at(`${P}.jobtitle`)),
  city: textOf(at(`${P}.city`)),
  country: land(at(`${P}.country`)),
  createdAt: moment(at("createdAt")),
  updatedAt: moment(at("updatedAt")),
});

const SF_STATES: Data = { "Open - Not Contacted": "new", "Closed - Not Converted": "lost", "Working - Contacted": "working" };
const salesforceContact = (at: Reader): Data => ({
  firstName: textOf(at("FirstName")),
  lastName: textOf(at("LastName")),
  fullName: joined(at("FirstName"), at("LastName")),
  email: mail(at("Email")),
  phone: textOf(at("Phone")) ?? textOf(at("MobilePhone")),
  jobTitle: textOf(at("Title")),
  city: textOf(at("MailingCity")),
  country: land(at("MailingCountry")),
  mayEmail: at("HasOptedOutOfEmail") === false,
  createdAt: moment(at("CreatedDate")),
  updatedAt: moment(at("SystemModstamp")),
});
const salesforceLead = (at: Reader): Data => ({
  name: joined(at("FirstName"), at("LastName")),
  ...{ firstName: textOf(at("FirstName")), lastName: textOf(at("LastName")) },
  email: mail(at("Email")),
  company: textOf(at("Company")),
  source: textOf(at("LeadSource")),
  state: SF_STATES[String(at("Status"))] ?? "working",
  createdAt: moment(at("CreatedDate")),
  updatedAt: moment(at("SystemModstamp")),
});

const pipedrivePerson = (at: Reader): Data => ({
  ...{
    firstName: textOf(at("first_name")),
    lastName: textOf(at("last_name")),
    fullName: textOf(at("name")),
    jobTitle: textOf(at("job_title")),
  },
  ...{ email: mail(at("emails.0.value")), phone: textOf(at("phones.0.value")), mayEmail: at("marketing_status") === "subscribed" },
  ...{ createdAt: moment(at("add_time")), updatedAt: moment(at("update_time")) },
});

export const CRM: Record<string, Truth> = {
  "hubspot/contacts": { gives: hubspotContact },
  "crm-email-marketing/hubspot/contacts": {
    takes: hasMail(`${P}.email`),
    gives: (at) => ({ ...hubspotContact(at), mayEmail: at(`${P}.lifecyclestage`) === "customer" }),
  },
  "sandbox-crm/contacts": {
    takes: hasMail(`${P}.email`),
    gives: (at) => ({
      ...hubspotContact(at),
      ...{ company: textOf(at("company.name")), city: textOf(at("address.city")), country: land(at("address.country")) },
      ...{ createdAt: moment(at("created_at")), updatedAt: moment(at("updated_at")), mayEmail: at("custom.signup_source") === "web" },
    }),
  },
  "salesforce/contacts": { gives: salesforceContact },
  "crm-email-marketing/salesforce/contacts": { takes: hasMail("Email"), gives: salesforceContact },
  "pipedrive/persons": { gives: pipedrivePerson },
  "crm-email-marketing/pipedrive/persons": { takes: (at) => listOf(at("emails")).length > 0, gives: pipedrivePerson },
  "hubspot/leads": {
    takes: (at) => among(at(`${P}.lifecyclestage`), "lead", "marketingqualifiedlead", "salesqualifiedlead"),
    gives: (at) => ({
      ...{ name: joined(at(`${P}.firstname`), at(`${P}.lastname`)), email: mail(at(`${P}.email`)), phone: textOf(at(`${P}.phone`)) },
      ...{ firstName: textOf(at(`${P}.firstname`)), lastName: textOf(at(`${P}.lastname`)) },
      ...{ company: textOf(at(`${P}.company`)), source: "HubSpot" },
      state: { lead: "new", marketingqualifiedlead: "working", salesqualifiedlead: "qualified" }[String(at(`${P}.lifecyclestage`))],
      ...{ createdAt: moment(at("createdAt")), updatedAt: moment(at("updatedAt")) },
    }),
  },
  "salesforce/leads": {
    takes: (at) => at("IsConverted") === false,
    gives: (at) => ({ ...salesforceLead(at), phone: textOf(at("Phone")) }),
  },
  "salesforce-soap/leads": { gives: salesforceLead },
  "pipedrive/leads": {
    takes: (at) => at("is_archived") === false,
    gives: (at) => ({
      ...{ name: textOf(at("title")), source: textOf(at("source_name")), state: at("was_seen") === true ? "working" : "new" },
      ...{ value: amount(at("value.amount"), at("value.currency")), person: id(at("person_id")) },
      ...{ createdAt: moment(at("add_time")), updatedAt: moment(at("update_time")) },
    }),
  },
  "hubspot/won_deals": {
    takes: (at) => at(`${P}.dealstage`) === "closedwon",
    gives: (at) => ({
      ...{ name: textOf(at(`${P}.dealname`)), value: amount(at(`${P}.amount`), at(`${P}.deal_currency_code`)) },
      ...{ startsOn: dayOf(moment(at(`${P}.closedate`))), updatedAt: moment(at("updatedAt")) },
    }),
  },
  "pipedrive/won_deals": {
    takes: (at) => at("status") === "won",
    gives: (at) => ({
      ...{ name: textOf(at("title")), value: amount(at("value"), at("currency")), client: id(at("org_id")) },
      ...{ startsOn: dayOf(moment(at("won_time"))), updatedAt: moment(at("update_time")) },
    }),
  },
  "salesforce/won_deals": {
    takes: (at) => at("IsWon") === true,
    gives: (at) => ({
      ...{ name: textOf(at("Name")), client: id(at("AccountId")), startsOn: id(at("CloseDate")), updatedAt: moment(at("SystemModstamp")) },
      value: amount(at("Amount"), "EUR"),
    }),
  },
};
