import type { ManifestInput } from "#server/runtime/manifest";
import { strangerFile } from "./stranger";

export const OTHERS: ManifestInput[] = [
  // FHIR: a bundle whose next page is a link among links, wrapped resources, a client that signs its proof.
  strangerFile("Ward FHIR", {
    auth: {
      backend: {
        type: "oauth2_client",
        title: "Backend service",
        clientAuth: "private_key_jwt",
        clientAlgorithm: "ES384",
        issuer: "https://auth.ward.example",
        tokenUrl: "https://auth.ward.example/token",
        clientId: "{client_id}",
        clientSecret: "{private_key}",
        scopes: [{ scope: "system/Patient.read", reason: "Read patients" }],
        fields: [
          { key: "client_id", title: "Client ID" },
          { key: "private_key", title: "Private key", secret: true, multiline: true },
        ],
      },
    },
    identify: { request: { path: "/metadata" }, accountId: "implementation.url", label: "{software.name}" },
    http: {
      baseUrl: "https://fhir.ward.example/r4",
      headers: { accept: "application/fhir+json" },
      errorMessage: "issue.0.diagnostics",
      rateLimit: { defaultWaitMs: 5_000 },
    },
    pagination: { type: "link", next: "link.[relation=next].url" },
    objects: {
      patient: {
        title: "Patients",
        list: { path: "/Patient", query: { _count: "100", _sort: "_lastUpdated" } },
        records: "entry",
        leavesOutEmpty: true,
        id: "resource.id",
        updatedAt: "resource.meta.lastUpdated",
        total: "total",
        changes: {
          since: { in: "query", name: "_lastUpdated", template: "ge{value}" },
          format: "iso",
          inclusive: true,
          lookbackMs: 30_000,
        },
        deletes: { by: "scan" },
        writes: {
          create: { request: { method: "POST", path: "/Patient", body: { resourceType: "Patient", "...": "{data}" } }, id: "id" },
          update: {
            request: { method: "PUT", path: "/Patient/{id}", body: { resourceType: "Patient", id: "{id}", "...": "{data}" } },
            guard: { place: { in: "header", name: "if-match", template: 'W/"{value}"' }, version: "meta.versionId" },
          },
          fields: [
            { path: "name", type: "array", title: "Names" },
            { path: "active", type: "boolean", title: "Active" },
          ],
        },
        fields: [
          { path: "resource.id", type: "string", title: "Id" },
          { path: "resource.name.0.family", type: "string", title: "Family name" },
        ],
        sample: {
          resource: {
            resourceType: "Patient",
            id: "p-100",
            name: [{ family: "Ito" }],
            meta: { lastUpdated: "2026-10-01T08:00:00.000Z", versionId: "3" },
          },
        },
      },
    },
  }),

  // A list that goes on by an address and ends with the address of what is new.
  strangerFile("Atlas Graph", {
    auth: {
      oauth: {
        type: "oauth2_code",
        title: "Atlas",
        authorizeUrl: "https://login.atlas.example/{tenant}/oauth2/authorize",
        tokenUrl: "https://login.atlas.example/{tenant}/oauth2/token",
        rotating: true,
        scopes: [{ scope: "users.read", reason: "Read users" }],
        fields: [{ key: "tenant", title: "Tenant", example: "contoso", pattern: "[a-z0-9-]+" }],
      },
    },
    identify: { request: { path: "/organization" }, accountId: "value.0.id", label: "{value.0.displayName}" },
    check: { path: "/organization" },
    http: { baseUrl: "https://graph.atlas.example/v1.0", errorMessage: "error.message", rateLimit: { defaultWaitMs: 10_000 } },
    pagination: { type: "link", next: "@odata\\.nextLink" },
    objects: {
      user: {
        title: "Users",
        list: { path: "/users/delta", query: { $select: "id,displayName" } },
        records: "value",
        id: "id",
        changes: { token: { from: "@odata\\.deltaLink" } },
        deletes: { by: "mark", path: "@removed" },
        fields: [{ path: "displayName", type: "string", title: "Name" }],
        sample: { id: "u-100", displayName: "Lina" },
      },
    },
  }),
];
