import type { ManifestInput } from "#server/runtime/manifest";
import { HOST, strangerFile } from "./stranger";

export const SELLING: ManifestInput[] = [
  // A service layer of an ERP on a port of its own: a login that gives cookies, OData 4, lines inside their order.
  strangerFile("Service Layer", {
    auth: {
      session: {
        type: "login",
        title: "User of the company",
        fields: [
          HOST,
          { key: "company", title: "Company database", example: "WERFT_LIVE", pattern: "[A-Z0-9_]{1,60}" },
          { key: "user", title: "User", example: "manager" },
          { key: "password", title: "Password", secret: true },
        ],
        steps: [
          {
            call: {
              url: "https://{host}:50000/b1s/v2/Login",
              json: { CompanyDB: "{company}", UserName: "{user}", Password: "{password}" },
            },
            take: { jar: { from: "cookies" }, session: { at: "SessionId" } },
            message: "error.message",
          },
        ],
        lifetimeMs: 25 * 60_000,
        headers: { cookie: "{jar}" },
      },
    },
    identify: { account: "{host}/{company}/{user}", label: "{company} on {host}" },
    check: { path: "/CompanyService_GetCompanyInfo", method: "POST" },
    http: {
      baseUrl: "https://{host}:50000/b1s/v2",
      ports: [50_000],
      headers: { prefer: "odata.maxpagesize=100" },
      errorMessage: "error.message",
      rateLimit: { defaultWaitMs: 10_000, concurrency: { account: 3 } },
    },
    pagination: { type: "link", next: "@odata\\.nextLink", against: "base" },
    objects: {
      partner: {
        title: "Business partners",
        list: { path: "/BusinessPartners" },
        records: "value",
        id: "CardCode",
        updatedAt: "UpdateDate",
        changes: {
          request: { path: "/BusinessPartners", query: { $filter: "UpdateDate ge '{since}'" } },
          format: "date",
          inclusive: true,
          lookbackMs: 86_400_000,
        },
        deletes: { by: "scan" },
        one: { request: { method: "GET", path: "/BusinessPartners('{id}')" } },
        count: { request: { path: "/BusinessPartners/$count" }, total: "$" },
        writes: {
          create: { request: { method: "POST", path: "/BusinessPartners", body: "{data}" }, id: "CardCode", record: "$" },
          update: { request: { method: "PATCH", path: "/BusinessPartners('{id}')", body: "{data}" } },
          delete: { request: { method: "DELETE", path: "/BusinessPartners('{id}')" } },
          fields: [{ path: "CardName", type: "string", title: "Name", required: true }],
        },
        fields: [
          { path: "CardCode", type: "string", title: "Code" },
          { path: "CardName", type: "string", title: "Name" },
        ],
        sample: { CardCode: "C20000", CardName: "Werft Nord", UpdateDate: "2026-10-01T00:00:00Z" },
      },
      line: {
        title: "Order lines",
        list: { path: "/Orders" },
        records: "value",
        nested: { list: "DocumentLines", with: { DocEntry: "DocEntry" } },
        id: ["DocEntry", "LineNum"],
        fields: [
          { path: "DocEntry", type: "number", title: "Order" },
          { path: "LineNum", type: "number", title: "Line" },
          { path: "ItemCode", type: "string", title: "Item" },
        ],
        sample: { DocEntry: 412, LineNum: 1, ItemCode: "A00001", Quantity: 3 },
      },
    },
  }),

  // A marketplace for sellers: a code under another name, a token in a header of its own, lists that want a moment, slow limits.
  strangerFile("Seller Partner", {
    auth: {
      oauth: {
        type: "oauth2_code",
        title: "Seller account",
        authorizeUrl: "https://sellers.marktplatz.example/apps/authorize/consent",
        authorizeParams: { application_id: "{clientId}" },
        tokenUrl: "https://api.marktplatz.example/auth/o2/token",
        pkce: false,
        rotating: false,
        scopes: [],
        callback: { code: "spapi_oauth_code", config: { seller: { param: "selling_partner_id", pattern: "[A-Z0-9]{10,20}" } } },
        headers: { "x-amz-access-token": "{accessToken}" },
        fields: [{ key: "marketplace", title: "Marketplace", example: "A1PA6795UKMFR9", pattern: "[A-Z0-9]{10,20}" }],
      },
    },
    identify: { account: "{seller}", label: "{seller}" },
    check: { path: "/sellers/v1/marketplaceParticipations" },
    http: {
      baseUrl: "https://sellingpartnerapi-eu.marktplatz.example",
      errorMessage: "errors.0.message",
      errors: [{ statuses: [403], path: "errors.0.code", equals: "Unauthorized", code: "reauth_required" }],
      rateLimit: {
        defaultWaitMs: 60_000,
        buckets: [
          { scope: "account", name: "orders", requests: 1, perMs: 60_000, burst: 20, paths: ["/orders/v0/orders"] },
          { scope: "account", name: "items", requests: 1, perMs: 2_000, burst: 30, paths: ["/orders/v0/orders/*/orderItems"] },
        ],
      },
    },
    pagination: { type: "cursor", next: "payload.NextToken", place: { in: "query", name: "NextToken" } },
    objects: {
      order: {
        title: "Orders",
        list: { path: "/orders/v0/orders", query: { MarketplaceIds: "{marketplace}", CreatedAfter: "2020-01-01T00:00:00Z" } },
        records: "payload.Orders",
        id: "AmazonOrderId",
        updatedAt: "LastUpdateDate",
        changes: {
          request: { path: "/orders/v0/orders", query: { MarketplaceIds: "{marketplace}" } },
          since: { in: "query", name: "LastUpdatedAfter" },
          format: "iso_s",
          inclusive: true,
          lookbackMs: 300_000,
        },
        fields: [
          { path: "AmazonOrderId", type: "string", title: "Order" },
          { path: "OrderStatus", type: "string", title: "Status" },
        ],
        sample: { AmazonOrderId: "902-1845936-5435065", OrderStatus: "Unshipped", LastUpdateDate: "2026-10-01T08:00:00Z" },
      },
      item: {
        title: "Order items",
        each: "order",
        unique: true,
        parent: { as: "order", skip: [{ status: 404 }] },
        list: { path: "/orders/v0/orders/{parent}/orderItems" },
        records: "payload.OrderItems",
        id: "OrderItemId",
        fields: [{ path: "OrderItemId", type: "string", title: "Item" }],
        sample: { OrderItemId: "68828574383266", SellerSKU: "BOLLARD-1", QuantityOrdered: 2 },
      },
    },
  }),

  // An ERP spoken to by procedures: ids are numbers, lines below their order by a condition, writes that answer true.
  strangerFile("Procedures", {
    auth: {
      key: {
        type: "api_key",
        title: "API key",
        fields: [
          HOST,
          { key: "db", title: "Database", example: "werft" },
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
      errors: [
        { path: "error.data.name", equals: "odoo.exceptions.AccessDenied", code: "reauth_required" },
        { path: "error.data.name", equals: "odoo.exceptions.ValidationError", code: "record_invalid" },
      ],
      rateLimit: { defaultWaitMs: 5_000 },
    },
    pagination: { type: "offset", limit: { value: 100 } },
    objects: {
      order: {
        title: "Orders",
        list: procedure("sale.order", "search_read", [[]], { offset: "{offset}", limit: "{limit}", order: "id" }),
        records: "result",
        id: "id",
        updatedAt: "write_date",
        changes: {
          request: procedure("sale.order", "search_read", [[["write_date", ">=", "{since}"]]], {
            offset: "{offset}",
            limit: "{limit}",
            order: "id",
          }),
          format: { look: "yyyy-MM-dd HH:mm:ss" },
          inclusive: true,
          lookbackMs: 60_000,
        },
        one: { request: procedure("sale.order", "search_read", [[["id", "=", "{id|number}"]]], {}), record: "result.0" },
        writes: {
          create: { request: procedure("sale.order", "create", ["{data}"], {}), id: "result" },
          update: { request: procedure("sale.order", "write", [["{id|number}"], "{data}"], {}) },
          delete: {
            request: procedure("sale.order", "unlink", [["{id|number}"]], {}),
            also: [{ status: 200, path: "error.data.name", equals: "odoo.exceptions.MissingError" }],
          },
          fields: [{ path: "client_order_ref", type: "string", title: "Reference" }],
        },
        fields: [{ path: "id", type: "number", title: "Id" }],
        sample: { id: 7, client_order_ref: "A-7", write_date: "2026-10-01 08:00:00" },
      },
      line: {
        title: "Order lines",
        each: "order",
        unique: true,
        parent: { as: "order" },
        list: procedure("sale.order.line", "search_read", [[["order_id", "=", "{parent}"]]], {
          offset: "{offset}",
          limit: "{limit}",
          order: "id",
        }),
        records: "result",
        id: "id",
        fields: [{ path: "id", type: "number", title: "Id" }],
        sample: { id: 31, name: "Bollard" },
      },
    },
  }),
];

function procedure(model: string, method: string, args: unknown[], named: Record<string, string>) {
  const body = { method: "call", params: { service: "object", method: "execute_kw", args: ["", "", "", model, method, args, named] } };
  return { method: "POST" as const, path: "/jsonrpc", body: body as never };
}
