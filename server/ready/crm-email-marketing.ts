import type { ReadyStreamInput, ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { ask, bothWays } from "./fields";
import { campaignEvent, contact, mailingList } from "./models";
import { hubspotContacts, pipedrivePersons, salesforceContacts, sandboxContacts } from "./streams-crm";
import { klaviyoEvents, klaviyoLists, klaviyoProfiles } from "./streams-office";

const CONSENT = ask("mayEmail", "Which of your fields says that a contact has agreed to marketing e-mails?", "must_choose");
/** What each side says of itself is left to it; of the rest the newer change counts. */
const THEIRS = { email: "theirs", mayEmail: "theirs", city: "theirs", country: "theirs" } as const;
const shared = (one: ReadyStreamInput) => {
  const filled = new Set(one.fields.map(({ target }) => target));
  const fields = Object.fromEntries(Object.entries(THEIRS).filter(([target]) => filled.has(target)));
  return bothWays(one, { match: "email", owners: { default: "newest", fields } });
};

const CRM = {
  side: "CRM",
  name: "Contacts for e-mail marketing",
  description: "Your contacts with an e-mail address, kept alike on both sides, and whether they may be written to.",
};

export const crmEmailMarketing: ReadyTemplateInput = {
  key: "crm-email-marketing",
  title: "CRM ↔ e-mail marketing",
  useCase: "Contacts of the CRM and subscribers of the mailing tool in one place, with consent and with what people did with each message.",
  audience: "Products that write to people or score them: marketing automation, customer data, sales engagement.",
  words: ["newsletter", "consent", "subscribers", "campaigns", "audience"],
  today:
    "Contacts go both ways between your product and each side, known by their e-mail address, so that a change on one side comes to the other. Of two changes at once the newer counts; e-mail address and place are what each side says of them. From the mailing tool come lists, opens and clicks of the last 90 days as well. Customers whose CRM has no field for consent that is the same everywhere name theirs before anything flows.",
  notIncluded:
    "Who is on one side only is not made on the other by itself: your product sees them in the feed, and sends those whom both are to have. Consent that Salesforce computes is read only, and so is Pipedrive as a whole: writing one address there would replace all of a person's. Opens and clicks are not written into the CRM.",
  models: [contact, mailingList, campaignEvent],
  stands: [
    {
      ...{ ...CRM, connector: "hubspot" },
      streams: [
        shared({ ...hubspotContacts, filter: 'properties.email.contains("@")', choices: { ...hubspotContacts.choices, ...CONSENT } }),
      ],
    },
    { ...{ ...CRM, connector: "salesforce" }, streams: [shared({ ...salesforceContacts, filter: 'Email.contains("@")' })] },
    { ...{ ...CRM, connector: "pipedrive" }, streams: [{ ...pipedrivePersons, filter: "emails.size() > 0" }] },
    {
      ...{ ...CRM, connector: "sandbox-crm" },
      streams: [
        shared({ ...sandboxContacts, filter: 'properties.email.contains("@")', choices: { ...sandboxContacts.choices, ...CONSENT } }),
      ],
    },
    {
      connector: "klaviyo",
      side: "E-mail marketing",
      name: "Subscribers and campaigns",
      description: "Your profiles, your lists, and what people did with your messages.",
      streams: [shared(klaviyoProfiles), klaviyoLists, klaviyoEvents],
    },
  ],
};
