import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { businessContact, invoice, project, timeEntry } from "./models";
import { outgoingInvoice } from "./models-out";
import { anyTime, TIME } from "./streams-any";
import { quickbooksCustomers, quickbooksInvoices, quickbooksOutgoing, xeroContacts, xeroInvoices, xeroOutgoing } from "./streams-books";
import { hubspotWonDeals, pipedriveWonDeals, salesforceWonDeals } from "./streams-crm";

const SALES = { side: "Sales", name: "Sold projects", description: "What you have won, with its value." };
const BOOKS = {
  side: "Accounting",
  name: "Invoices and customers",
  description: "Your invoices with what is still due, whom they are written to, and new ones for the work done.",
};

export const projectInvoice: ReadyTemplateInput = {
  key: "project-invoice",
  title: "Project → invoice",
  useCase: "Sold projects, the billable time on them, the invoices for it, and which of them are paid.",
  audience: "Project, time tracking and professional services products.",
  words: ["time tracking", "billing", "agency", "deals", "hours", "professional services"],
  today:
    "Won deals become projects, billable time entries come with the amount they are worth, invoices with what is still due. Time without a rate stays out. An invoice that your product makes of the hours is written into the books once, and changed when yours changes.",
  notIncluded:
    "Which hours belong on which invoice is not decided here: your product says so, with the account or article of each line. Time tracking services have no connector of their own yet; their side is proven on the REST service.",
  models: [project, timeEntry, invoice, businessContact, outgoingInvoice],
  stands: [
    { ...SALES, connector: "hubspot", streams: [hubspotWonDeals] },
    { ...SALES, connector: "pipedrive", streams: [pipedriveWonDeals] },
    { ...SALES, connector: "salesforce", streams: [salesforceWonDeals] },
    {
      connector: "generic-rest",
      side: "Time tracking",
      name: "Billable time",
      description: "Your billable hours and what they come to.",
      streams: [anyTime],
      expects: { records: TIME, standsFor: "time tracking services, until they have a connector of their own" },
    },
    { ...BOOKS, connector: "xero", streams: [xeroInvoices, xeroContacts, xeroOutgoing] },
    { ...BOOKS, connector: "quickbooks", streams: [quickbooksInvoices, quickbooksCustomers, quickbooksOutgoing] },
  ],
};
