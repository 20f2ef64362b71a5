import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { lead } from "./models";
import { ANSWER_LIST, anyAnswers, CALLED, calledAnswers, sheetAnswers } from "./streams-any";
import { hubspotNewLeads, salesforceNewLeads } from "./streams-crm";

const FORM = { name: "Answers to your forms", description: "Every answer becomes a lead." };
const CRM = { side: "CRM", name: "Answers to forms", description: "Everybody who answers a form comes into your CRM." };
const standsFor = "form services, until they have a connector of their own";

export const formsCrm: ReadyTemplateInput = {
  key: "forms-crm",
  title: "Forms → CRM",
  useCase: "Every answer to a form becomes a lead, within seconds where the form service calls, and is handed to the CRM.",
  audience: "CRM, scheduling and support products that want to hear when somebody asks.",
  words: ["typeform", "surveys", "landing page", "webhook", "spreadsheet", "leads"],
  today:
    "Answers come by a call of the form service, from the sheet it fills, or from its list of answers. Of a sheet, customers say which column is which before anything flows. Your product reads each lead from the feed and sends it on as a lead of its own; from there it is written into the CRM, once for each e-mail address.",
  notIncluded:
    "An answer does not go from the form to the CRM by itself: your product passes it on, and so decides which ones. Form services have no connector of their own yet; theirs are proven on the incoming webhook, the REST service and a sheet.",
  models: [lead],
  stands: [
    {
      ...{ ...FORM, connector: "generic-webhook-in", side: "Form that calls" },
      streams: [calledAnswers],
      expects: { records: CALLED, standsFor },
    },
    { ...{ ...FORM, connector: "google-sheets", side: "Sheet" }, streams: [sheetAnswers] },
    {
      ...{ ...FORM, connector: "generic-rest", side: "Form with a list" },
      streams: [anyAnswers],
      expects: { records: ANSWER_LIST, standsFor },
    },
    { ...{ ...CRM, connector: "hubspot" }, streams: [hubspotNewLeads] },
    { ...{ ...CRM, connector: "salesforce" }, streams: [salesforceNewLeads] },
  ],
};
