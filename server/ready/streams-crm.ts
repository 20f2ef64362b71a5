import {
  ask,
  composed,
  computed,
  country,
  email,
  fixed,
  free,
  from,
  hidden,
  money,
  needed,
  optional,
  phone,
  reference,
  soft,
  stream,
  text,
  when,
  worded,
} from "./fields";

/** What CRM systems give. */

const contactChoices = { ...optional("phone", "city", "country"), ...free("company", "jobTitle"), ...hidden("createdAt", "updatedAt") };
const PEOPLE = { model: "contact", label: "Contacts" } as const;

export const hubspotContacts = stream({
  ...PEOPLE,
  ...{ key: "contacts", object: "contact", summary: "Each contact, with company, position and place." },
  fields: [
    text("firstName", "properties.firstname"),
    text("lastName", "properties.lastname"),
    composed("fullName", "{properties.firstname} {properties.lastname}"),
    email("email", "properties.email"),
    phone("phone", "properties.phone"),
    text("company", "properties.company"),
    text("jobTitle", "properties.jobtitle"),
    text("city", "properties.city"),
    country("country", "properties.country"),
    when("createdAt", "createdAt"),
    when("updatedAt", "updatedAt"),
  ],
  choices: contactChoices,
});

export const sandboxContacts = stream({
  ...PEOPLE,
  ...{ key: "contacts", object: "contact", summary: "Each contact, with company, position and place." },
  fields: [
    text("firstName", "properties.firstname"),
    text("lastName", "properties.lastname"),
    composed("fullName", "{properties.firstname} {properties.lastname}"),
    email("email", "properties.email"),
    phone("phone", "properties.phone"),
    text("company", "company.name"),
    text("jobTitle", "properties.jobtitle"),
    text("city", "address.city"),
    country("country", "address.country"),
    when("createdAt", "created_at"),
    when("updatedAt", "updated_at"),
  ],
  choices: contactChoices,
});

export const salesforceContacts = stream({
  ...PEOPLE,
  ...{ key: "contacts", object: "contact", summary: "Each contact, with position, place and whether e-mails were refused." },
  fields: [
    text("firstName", "FirstName"),
    text("lastName", "LastName"),
    composed("fullName", "{FirstName} {LastName}"),
    email("email", "Email"),
    from("phone", "Phone", { type: "coalesce", paths: ["MobilePhone"] }, { type: "trim" }),
    text("jobTitle", "Title"),
    text("city", "MailingCity"),
    country("country", "MailingCountry"),
    computed("mayEmail", "!HasOptedOutOfEmail"),
    when("createdAt", "CreatedDate"),
    when("updatedAt", "SystemModstamp"),
  ],
  choices: contactChoices,
});

export const pipedrivePersons = stream({
  ...PEOPLE,
  ...{ key: "persons", object: "person", summary: "Each person, with position and whether they are subscribed." },
  fields: [
    text("firstName", "first_name"),
    text("lastName", "last_name"),
    text("fullName", "name"),
    email("email", "emails.0.value"),
    phone("phone", "phones.0.value"),
    text("jobTitle", "job_title"),
    worded("mayEmail", "marketing_status", { subscribed: true }, false),
    when("createdAt", "add_time"),
    when("updatedAt", "update_time"),
  ],
  choices: { ...optional("phone"), ...free("company", "jobTitle", "city", "country"), ...hidden("createdAt", "updatedAt") },
});

const leadChoices = { ...free("source", "company", "message"), ...hidden("createdAt", "updatedAt") };
const LEADS = { model: "lead", label: "Leads" } as const;

export const hubspotLeads = stream({
  ...LEADS,
  ...{ key: "leads", object: "contact", summary: "Contacts whose lifecycle stage is lead, marketing qualified or sales qualified." },
  fields: [
    composed("name", "{properties.firstname} {properties.lastname}"),
    text("firstName", "properties.firstname"),
    text("lastName", "properties.lastname"),
    email("email", "properties.email"),
    phone("phone", "properties.phone"),
    text("company", "properties.company"),
    fixed("source", "HubSpot"),
    worded("state", "properties.lifecyclestage", { lead: "new", marketingqualifiedlead: "working", salesqualifiedlead: "qualified" }),
    when("createdAt", "createdAt"),
    when("updatedAt", "updatedAt"),
  ],
  filter: 'properties.lifecyclestage in ["lead", "marketingqualifiedlead", "salesqualifiedlead"]',
  choices: { ...leadChoices, ...optional("phone") },
});

const SALESFORCE_STATES = {
  "Open - Not Contacted": "new",
  New: "new",
  "Working - Contacted": "working",
  Working: "working",
  "Closed - Converted": "qualified",
  Qualified: "qualified",
  "Closed - Not Converted": "lost",
  Unqualified: "lost",
};

export const salesforceLeads = stream({
  ...LEADS,
  ...{ key: "leads", object: "lead", summary: "Leads that have not been converted." },
  fields: [
    composed("name", "{FirstName} {LastName}"),
    text("firstName", "FirstName"),
    text("lastName", "LastName"),
    email("email", "Email"),
    phone("phone", "Phone"),
    text("company", "Company"),
    text("source", "LeadSource"),
    worded("state", "Status", SALESFORCE_STATES, "working"),
    when("createdAt", "CreatedDate"),
    when("updatedAt", "SystemModstamp"),
  ],
  filter: "IsConverted == false",
  choices: { ...leadChoices, ...optional("phone"), ...ask("state", "Which of your fields says how far a lead is?") },
});

export const salesforceSoapLeads = stream({
  ...LEADS,
  ...{ key: "leads", object: "lead", summary: "Each lead with its state." },
  fields: [
    composed("name", "{FirstName} {LastName}"),
    text("firstName", "FirstName"),
    text("lastName", "LastName"),
    email("email", "Email"),
    text("company", "Company"),
    text("source", "LeadSource"),
    worded("state", "Status", SALESFORCE_STATES, "working"),
    when("createdAt", "CreatedDate"),
    when("updatedAt", "SystemModstamp"),
  ],
  choices: { ...leadChoices, ...ask("state", "Which of your fields says how far a lead is?") },
});

export const pipedriveLeads = stream({
  ...LEADS,
  ...{ key: "leads", object: "lead", summary: "Leads that are not archived, with their value and person." },
  fields: [
    text("name", "title"),
    text("source", "source_name"),
    computed("state", 'was_seen ? "working" : "new"'),
    soft(money("value", "value.amount", "value.currency")),
    reference("person", "person_id"),
    when("createdAt", "add_time"),
    when("updatedAt", "update_time"),
  ],
  filter: "is_archived == false",
  choices: { ...optional("value"), ...free("source", "email", "company"), ...hidden("createdAt", "updatedAt") },
});

const NEW_LEADS = { key: "new_leads", model: "lead", label: "New leads", direction: "push", match: "email" } as const;

export const hubspotNewLeads = stream({
  ...{
    ...NEW_LEADS,
    object: "contact",
    summary: "Each lead of yours becomes a contact; one with the same e-mail address is changed instead.",
  },
  fields: [
    text("firstName", "properties.firstname"),
    text("lastName", "properties.lastname"),
    email("email", "properties.email"),
    phone("phone", "properties.phone"),
    text("company", "properties.company"),
  ],
  choices: { ...optional("phone", "company"), ...ask("message", "Which of your fields is to hold what was asked?") },
});

export const salesforceNewLeads = stream({
  ...{ ...NEW_LEADS, object: "lead", summary: "Each lead of yours becomes a lead; one with the same e-mail address is changed instead." },
  fields: [
    text("firstName", "FirstName"),
    text("lastName", "LastName"),
    email("email", "Email"),
    phone("phone", "Phone"),
    text("company", "Company"),
    text("source", "LeadSource"),
  ],
  choices: { ...optional("phone", "source"), ...ask("message", "Which of your fields is to hold what was asked?") },
});

export const hubspotPayers = stream({
  ...{ key: "payers", object: "contact", model: "payer", label: "Who has paid", direction: "push", match: "email" },
  summary: "The day and the amount of the last payment, in fields of the contact that customers name.",
  fields: [email("email", "properties.email")],
  choices: {
    ...ask("lastPaidOn", "Which of your contact fields is to hold the day of the last payment?", "must_choose"),
    ...ask("lastPayment", "Which one is to hold what was paid?"),
  },
});

const WON = { key: "won_deals", model: "project", label: "Won deals" } as const;
const projectChoices = { ...optional("value"), ...free("startsOn"), ...hidden("updatedAt") };

export const hubspotWonDeals = stream({
  ...WON,
  ...{ object: "deal", summary: "Deals in the stage closedwon. A pipeline of your own has another id for it: change the filter." },
  fields: [
    needed(text("name", "properties.dealname")),
    soft(money("value", "properties.amount", "properties.deal_currency_code")),
    from("startsOn", "properties.closedate", { type: "date" }),
    when("updatedAt", "updatedAt"),
  ],
  filter: 'properties.dealstage == "closedwon"',
  choices: { ...projectChoices, ...free("client") },
});

export const pipedriveWonDeals = stream({
  ...WON,
  ...{ object: "deal", summary: "Deals that are won, with the day they were." },
  fields: [
    needed(text("name", "title")),
    soft(money("value", "value", "currency")),
    reference("client", "org_id"),
    from("startsOn", "won_time", { type: "date" }),
    when("updatedAt", "update_time"),
  ],
  filter: 'status == "won"',
  choices: projectChoices,
});

export const salesforceWonDeals = stream({
  ...WON,
  ...{
    object: "opportunity",
    label: "Won opportunities",
    summary: "Opportunities that are won. They have no currency of their own: customers say which it is.",
  },
  fields: [
    needed(text("name", "Name")),
    reference("client", "AccountId"),
    from("startsOn", "CloseDate", { type: "date" }),
    when("updatedAt", "SystemModstamp"),
  ],
  filter: "IsWon == true",
  choices: {
    ...free("startsOn"),
    ...hidden("updatedAt"),
    ...ask("value", "What is an opportunity worth? Take the amount and name its currency.", "must_choose"),
  },
});
