import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";

const SCOPE = "https://www.googleapis.com/auth/spreadsheets";
const sheet = "/spreadsheets/{spreadsheet_id}";

const fields = [
  {
    key: "spreadsheet_id",
    title: "Spreadsheet",
    help: "The long code in the spreadsheet's address, between /d/ and /edit.",
    example: "1SampleSpreadsheet_0000000000000000000000001",
    pattern: "[A-Za-z0-9_-]{20,80}",
  },
  {
    key: "sheet_name",
    title: "Sheet",
    help: "The name on the tab at the bottom. The sheet's first row holds the names of the columns.",
    example: "Sheet1",
    pattern: "[^'!{}]{1,100}",
  },
];

const ROW = fieldList(
  `row:number Row number = 2 | cells:object Cells = {"Name":"Ada Okafor","Email":"ada.okafor@northwind.example","Spent":72.5}`,
);
export default defineConnector({
  key: "google-sheets",
  name: "Google Sheets",
  tagline: "Rows of a sheet, by the names in its first row",
  description: "Reads the rows of a Google sheet as records, appends rows and changes them.",
  categories: ["Spreadsheets", "Productivity"],
  docs: [
    { title: "Reading and writing values", url: "https://developers.google.com/workspace/sheets/api/guides/values", readAt: "2026-11-21" },
    { title: "OAuth 2.0", url: "https://developers.google.com/identity/protocols/oauth2/web-server", readAt: "2026-11-21" },
    { title: "Limits", url: "https://developers.google.com/workspace/sheets/api/limits", readAt: "2026-11-21" },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "Google account",
      authorizeUrl: "https://accounts.google.com/o/oauth2/v2/auth",
      tokenUrl: "https://oauth2.googleapis.com/token",
      authorizeParams: { access_type: "offline", prompt: "consent" },
      scopes: [{ scope: SCOPE, reason: "See and change the rows of your spreadsheet" }],
      rotating: false,
      defaultLifetimeMs: 3_600_000,
      revoke: { method: "POST", url: "https://oauth2.googleapis.com/revoke", form: { token: "{refreshToken}" } },
      fields,
    },
    service_account: {
      type: "jwt",
      title: "Service account",
      algorithm: "RS256",
      key: "{private_key}",
      claims: { iss: "{client_email}", scope: SCOPE, aud: "https://oauth2.googleapis.com/token" },
      lifetimeMs: 3_600_000,
      exchange: {
        url: "https://oauth2.googleapis.com/token",
        form: { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: "{assertion}" },
      },
      fields: [
        ...fields,
        {
          key: "key_file",
          title: "Key file",
          help: "The JSON key of a service account with which the spreadsheet is shared.",
          secret: true,
          multiline: true,
          json: { client_email: "client_email", private_key: "private_key" },
        },
      ],
    },
  },
  identify: {
    request: { path: sheet, query: { fields: "spreadsheetId,properties.title" } },
    account: "{spreadsheet_id}/{sheet_name}",
    label: "{properties.title}",
  },
  check: { path: `${sheet}/values/'{sheet_name}'!1:1` },
  http: {
    baseUrl: "https://sheets.googleapis.com/v4",
    errorMessage: "error.message",
    errors: [{ statuses: [403], path: "error.status", equals: "RESOURCE_EXHAUSTED", code: "provider_rate_limited" }],
    rateLimit: {
      defaultWaitMs: 30_000,
      buckets: [
        { scope: "account", name: "read", requests: 60, perMs: 60_000, methods: ["GET"] },
        { scope: "account", name: "write", requests: 60, perMs: 60_000, methods: ["POST", "PUT"] },
      ],
    },
  },
  // A sheet gives what it has: rows past its end are an error, trailing empty ones are left out.
  pagination: {
    type: "range",
    first: 2,
    size: 1_000,
    stop: { statuses: [{ status: 400, path: "error.status", equals: "INVALID_ARGUMENT" }] },
  },
  objects: {
    row: {
      title: "Rows",
      list: {
        path: `${sheet}/values:batchGet?ranges='{sheet_name}'!1:1&ranges='{sheet_name}'!{from}:{to}`,
        query: { valueRenderOption: "UNFORMATTED_VALUE", dateTimeRenderOption: "FORMATTED_STRING" },
      },
      records: "valueRanges.1.values",
      leavesOutEmpty: true,
      table: { names: "valueRanges.0.values.0", number: "row" },
      id: "row",
      deletes: { by: "scan", everyMs: 3_600_000 },
      writes: {
        // Below the last row; where it came to stand, the answer says: `Sheet1!A12:C12`.
        create: {
          request: {
            method: "POST",
            path: `${sheet}/values/'{sheet_name}'!A1:append`,
            query: { valueInputOption: "USER_ENTERED", insertDataOption: "INSERT_ROWS" },
            body: { values: ["{data.cells}"] },
          },
          id: { path: "updates.updatedRange", pattern: "![A-Z]+(?<id>[0-9]+)(?::[A-Z]+[0-9]+)?$" },
        },
        update: {
          request: {
            method: "PUT",
            path: `${sheet}/values/'{sheet_name}'!A{id}`,
            query: { valueInputOption: "USER_ENTERED" },
            body: { values: ["{data.cells}"] },
          },
        },
        delete: { request: { method: "POST", path: `${sheet}/values/'{sheet_name}'!{id}:{id}:clear` } },
        fields: [{ path: "cells", type: "array", title: "Cells, in the order of the columns", required: true }],
      },
      fields: ROW.fields,
      sample: ROW.sample,
    },
  },
  actions: {
    read_range: {
      title: "Read a range",
      description: "The values of a range of the spreadsheet, row by row.",
      kind: "lookup",
      input: [{ key: "range", title: "Range", type: "string", required: true, example: "Sheet1!A1:C10" }],
      request: { method: "GET", path: `${sheet}/values/{range}` },
      output: fieldList("range Range | values:array Values").fields,
      sample: { input: { range: "Sheet1!A1:B1" }, answer: { range: "Sheet1!A1:B1", majorDimension: "ROWS", values: [["Name", "Email"]] } },
    },
  },
});
