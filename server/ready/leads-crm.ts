import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { contact, lead } from "./models";
import { hubspotLeads, pipedriveLeads, pipedrivePersons, salesforceLeads, salesforceSoapLeads } from "./streams-crm";

const LEADS = { side: "CRM", name: "Leads", description: "Your open leads with state and source." };

export const leadsCrm: ReadyTemplateInput = {
  key: "leads-crm",
  title: "Leads → CRM",
  useCase: "Open leads of whatever CRM a customer has, in one shape, with a state that means the same everywhere.",
  audience: "Sales, enrichment, routing and scheduling products.",
  words: ["prospects", "pipeline", "sales", "qualification", "lead routing"],
  today:
    "Leads that are still open are read; converted and archived ones leave the list. Each CRM's own states become new, working, qualified or lost.",
  notIncluded: "Leads that your product finds are not written into the CRM: that needs a stream in the direction push.",
  models: [lead, contact],
  stands: [
    { ...LEADS, connector: "hubspot", streams: [hubspotLeads] },
    { ...LEADS, connector: "salesforce", streams: [salesforceLeads] },
    { ...LEADS, connector: "salesforce-soap", streams: [salesforceSoapLeads] },
    { ...LEADS, connector: "pipedrive", name: "Leads and persons", streams: [pipedriveLeads, pipedrivePersons] },
  ],
};
