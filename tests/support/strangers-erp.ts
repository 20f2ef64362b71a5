import type { ManifestInput } from "#server/runtime/manifest";
import { hostAndUser, strangerFile } from "./stranger";

export const BUSINESS: ManifestInput[] = [
  // XML over Basic, the position in headers, moments by the clock of the place, decimals as texts.
  strangerFile("Kontor ERP", {
    auth: hostAndUser,
    identify: { request: { path: "/mandant" }, accountId: "Mandant.@nr", label: "{Mandant.Name}" },
    check: { path: "/mandant" },
    http: {
      baseUrl: "https://{host}/xml/v3",
      protocol: { type: "xml" },
      errorMessage: "Fehler.Text",
      errors: [
        { path: "Fehler.@code", equals: "SPERRE", code: "provider_rate_limited" },
        { path: "Fehler", present: true, code: "provider_invalid_response" },
      ],
      rateLimit: { defaultWaitMs: 20_000, concurrency: { account: 2 } },
    },
    pagination: {
      type: "cursor",
      next: { header: "x-naechste-seite" },
      place: { in: "header", name: "x-seite" },
      limit: { place: { in: "query", name: "anzahl" }, value: 50 },
    },
    objects: {
      kunde: {
        title: "Customers",
        list: { path: "/kunden" },
        records: "Kunden.Kunde",
        leavesOutEmpty: true,
        id: "@nr",
        updatedAt: "Geaendert",
        total: { header: "x-gesamt" },
        changes: { since: { in: "query", name: "seit" }, format: "local", zone: "Europe/Berlin", inclusive: true, lookbackMs: 60_000 },
        one: { request: { method: "GET", path: "/kunden/{id}" }, record: "Kunde" },
        writes: {
          create: {
            request: { method: "POST", path: "/kunden", body: { Kunde: { Name: "{data.Name}", Ort: "{data.Ort}" } } },
            id: "Kunde.@nr",
          },
          update: { request: { method: "PUT", path: "/kunden/{id}", body: { Kunde: { Name: "{data.Name}", Ort: "{data.Ort}" } } } },
          fields: [
            { path: "Name", type: "string", title: "Name", required: true },
            { path: "Ort", type: "string", title: "City" },
          ],
        },
        fields: [
          { path: "@nr", type: "string", title: "Number" },
          { path: "Name", type: "string", title: "Name" },
          { path: "Ort", type: "string", title: "City" },
        ],
        sample: { "@nr": "10021", Name: "Hansen KG", Ort: "Kiel", Geaendert: "2026-10-01T08:00:00" },
      },
      position: {
        title: "Lines",
        each: "kunde",
        list: { path: "/kunden/{parent}/positionen" },
        pagination: { type: "none" },
        records: "Positionen.Position",
        leavesOutEmpty: true,
        id: "@lfd",
        parent: { as: "KundeNr", inId: true },
        fields: [{ path: "Preis", type: "string", title: "Price" }],
        sample: { "@lfd": "1", Preis: "12.50" },
      },
    },
  }),

  // OData V2 as SAP has it: wrapped lists, /Date()/, a next address in the body, moments as literals.
  strangerFile("Werk OData", {
    auth: hostAndUser,
    identify: { account: "{host}/{user}", label: "{host}" },
    check: { path: "/API_MATERIAL/A_Material", query: { $top: "1", $format: "json" } },
    http: { baseUrl: "https://{host}/sap/opu/odata/sap", errorMessage: "error.message.value", rateLimit: { defaultWaitMs: 10_000 } },
    pagination: { type: "link", next: "d.__next", limit: { place: { in: "query", name: "$top" }, value: 500 } },
    objects: {
      material: {
        title: "Materials",
        list: { path: "/API_MATERIAL/A_Material", query: { $format: "json", $inlinecount: "allpages" } },
        records: "d.results",
        id: "Material",
        updatedAt: "LastChanged",
        total: "d.__count",
        changes: {
          since: { in: "query", name: "$filter", template: "LastChanged ge {value}" },
          format: "odata_datetimeoffset",
          inclusive: true,
          lookbackMs: 60_000,
        },
        one: { request: { method: "GET", path: "/API_MATERIAL/A_Material('{id|doubled}')", query: { $format: "json" } }, record: "d" },
        fields: [{ path: "Material", type: "string", title: "Material" }],
        sample: { Material: "M-4711", LastChanged: "/Date(1759305600000)/" },
      },
    },
  }),

  // Everything by JSON-RPC at one address, the credential in the parameters.
  strangerFile("Tienda RPC", {
    auth: {
      key: {
        type: "api_key",
        title: "API key",
        fields: [
          { key: "host", title: "Host", example: "tienda.example", pattern: "[a-z0-9-]+(?:\\.[a-z0-9-]+)+" },
          { key: "db", title: "Database", example: "tienda" },
          { key: "uid", title: "User number", example: "2", pattern: "[0-9]+" },
          { key: "api_key", title: "API key", secret: true },
        ],
        body: { "params.args.0": "{db}", "params.args.1": "{uid}", "params.args.2": "{api_key}" },
      },
    },
    identify: { account: "{host}/{db}/{uid}", label: "{db} on {host}" },
    http: {
      baseUrl: "https://{host}",
      protocol: { type: "jsonrpc" },
      errorMessage: "error.data.message",
      errors: [{ path: "error.data.name", equals: "odoo.exceptions.AccessDenied", code: "reauth_required" }],
      rateLimit: { defaultWaitMs: 5_000 },
    },
    pagination: { type: "offset", limit: { value: 100 } },
    objects: {
      partner: {
        title: "Partners",
        list: {
          method: "POST",
          path: "/jsonrpc",
          body: {
            method: "call",
            params: {
              service: "object",
              method: "execute_kw",
              args: [
                "",
                "",
                "",
                "res.partner",
                "search_read",
                [[]],
                { fields: ["name", "email", "write_date"], offset: "{offset}", limit: "{limit}", order: "id" },
              ],
            },
          },
        },
        records: "result",
        id: "id",
        updatedAt: "write_date",
        createdAt: "create_date",
        changes: {
          request: {
            method: "POST",
            path: "/jsonrpc",
            body: {
              method: "call",
              params: {
                service: "object",
                method: "execute_kw",
                args: [
                  "",
                  "",
                  "",
                  "res.partner",
                  "search_read",
                  [[["write_date", ">=", "{since}"]]],
                  { offset: "{offset}", limit: "{limit}", order: "id" },
                ],
              },
            },
          },
          format: { look: "yyyy-MM-dd HH:mm:ss" },
          inclusive: true,
          lookbackMs: 60_000,
        },
        fields: [
          { path: "id", type: "number", title: "Id" },
          { path: "name", type: "string", title: "Name" },
        ],
        sample: { id: 7, name: "Azul", write_date: "2026-10-01 08:00:00", create_date: "2026-09-01 08:00:00" },
      },
    },
  }),
];
