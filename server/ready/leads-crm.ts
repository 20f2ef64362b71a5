import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { contact, lead } from "./models";
import {
  hubspotLeads,
  hubspotNewLeads,
  pipedriveLeads,
  pipedrivePersons,
  salesforceLeads,
  salesforceNewLeads,
  salesforceSoapLeads,
} from "./streams-crm";

const LEADS = { side: "CRM", name: "Leads", description: "Your open leads with state and source, and new ones found for you." };

export const leadsCrm: ReadyTemplateInput = {
  key: "leads-crm",
  title: "Leads → CRM",
  useCase: "Leads that your product finds, handed to whatever CRM a customer has; and what becomes of them there, in one shape.",
  audience: "Sales, enrichment, routing and scheduling products.",
  words: ["prospects", "pipeline", "sales", "qualification", "lead routing"],
  today:
    "Leads that are still open are read; converted and archived ones leave the list. Each CRM's own states become new, working, qualified or lost. Leads that your product finds are written into HubSpot as contacts and into Salesforce as leads; one whose e-mail address is there already is changed, not doubled.",
  notIncluded:
    "The state is not written: how far a lead is, the CRM says. Pipedrive and Salesforce by SOAP are only read: Pipedrive cannot be asked for a lead by its e-mail address, so leads would be doubled.",
  models: [lead, contact],
  stands: [
    { ...LEADS, connector: "hubspot", streams: [hubspotLeads, hubspotNewLeads] },
    { ...LEADS, connector: "salesforce", streams: [salesforceLeads, salesforceNewLeads] },
    { ...LEADS, connector: "salesforce-soap", description: "Your open leads with state and source.", streams: [salesforceSoapLeads] },
    {
      ...LEADS,
      connector: "pipedrive",
      name: "Leads and persons",
      description: "Your open leads with state and source, and who they are.",
      streams: [pipedriveLeads, pipedrivePersons],
    },
  ],
};
