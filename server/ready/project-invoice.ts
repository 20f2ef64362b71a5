import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { businessContact, invoice, project, timeEntry } from "./models";
import { anyTime, TIME } from "./streams-any";
import { hubspotWonDeals, pipedriveWonDeals, salesforceWonDeals } from "./streams-crm";
import { quickbooksCustomers, quickbooksInvoices, xeroContacts, xeroInvoices } from "./streams-office";

const SALES = { side: "Sales", name: "Sold projects", description: "What you have won, with its value." };
const BOOKS = {
  side: "Accounting",
  name: "Invoices and customers",
  description: "Your invoices with what is still due, and whom they are written to.",
};

export const projectInvoice: ReadyTemplateInput = {
  key: "project-invoice",
  title: "Project → invoice",
  useCase: "Sold projects, the billable time on them, and which of it has been invoiced and paid.",
  audience: "Project, time tracking and professional services products.",
  words: ["time tracking", "billing", "agency", "deals", "hours", "professional services"],
  today:
    "Won deals become projects, billable time entries come with the amount they are worth, invoices with what is still due. Time without a rate stays out.",
  notIncluded:
    "Invoices are not created in the books: that needs a stream in the direction push. Time tracking services have no connector of their own yet; their side is proven on the REST service.",
  models: [project, timeEntry, invoice, businessContact],
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
    { ...BOOKS, connector: "xero", streams: [xeroInvoices, xeroContacts] },
    { ...BOOKS, connector: "quickbooks", streams: [quickbooksInvoices, quickbooksCustomers] },
  ],
};
