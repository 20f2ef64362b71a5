import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { ask } from "./fields";
import { campaignEvent, contact, mailingList } from "./models";
import { hubspotContacts, pipedrivePersons, salesforceContacts, sandboxContacts } from "./streams-crm";
import { klaviyoEvents, klaviyoLists, klaviyoProfiles } from "./streams-office";

const CONSENT = ask("mayEmail", "Which of your fields says that a contact has agreed to marketing e-mails?", "must_choose");
const CRM = {
  side: "CRM",
  name: "Contacts for e-mail marketing",
  description: "Your contacts with an e-mail address, and whether they may be written to.",
};

export const crmEmailMarketing: ReadyTemplateInput = {
  key: "crm-email-marketing",
  title: "CRM ↔ e-mail marketing",
  useCase: "Contacts of the CRM and subscribers of the mailing tool in one place, with consent and with what people did with each message.",
  audience: "Products that write to people or score them: marketing automation, customer data, sales engagement.",
  words: ["newsletter", "consent", "subscribers", "campaigns", "audience"],
  today:
    "Both sides are read into one Contact model. From the mailing tool come lists, opens and clicks of the last 90 days as well. Customers whose CRM has no field for consent that is the same everywhere name theirs before anything flows.",
  notIncluded:
    "Contacts are not written into the mailing tool, nor opens and clicks into the CRM: that needs streams in the direction push, and two-way ones for consent.",
  models: [contact, mailingList, campaignEvent],
  stands: [
    {
      ...{ ...CRM, connector: "hubspot" },
      streams: [{ ...hubspotContacts, filter: 'properties.email.contains("@")', choices: { ...hubspotContacts.choices, ...CONSENT } }],
    },
    { ...{ ...CRM, connector: "salesforce" }, streams: [{ ...salesforceContacts, filter: 'Email.contains("@")' }] },
    { ...{ ...CRM, connector: "pipedrive" }, streams: [{ ...pipedrivePersons, filter: "emails.size() > 0" }] },
    {
      ...{ ...CRM, connector: "sandbox-crm" },
      streams: [{ ...sandboxContacts, filter: 'properties.email.contains("@")', choices: { ...sandboxContacts.choices, ...CONSENT } }],
    },
    {
      connector: "klaviyo",
      side: "E-mail marketing",
      name: "Subscribers and campaigns",
      description: "Your profiles, your lists, and what people did with your messages.",
      streams: [klaviyoProfiles, klaviyoLists, klaviyoEvents],
    },
  ],
};
