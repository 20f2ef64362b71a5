import { expect, test } from "vitest";
import { tinyManifest } from "#tests/support/tiny-manifest";
import type { Auth } from "#tests/support/using-auth";

// The auth of systems that are built elsewhere or not yet: each must be sayable as data. Facts as of 2026-11.
const field = (key: string, rest = {}) => ({ key, title: key, ...rest });
const secret = (key: string, rest = {}) => field(key, { secret: true, ...rest });
const code = (authorizeUrl: string, tokenUrl: string, rest: object = {}): Auth =>
  ({ type: "oauth2_code", title: "Sign in", authorizeUrl, tokenUrl, scopes: [], rotating: false, ...rest }) as Auth;

const SYSTEMS: [string, Auth, string?][] = [
  [
    "Salesforce",
    code("https://{login}/services/oauth2/authorize", "https://{login}/services/oauth2/token", {
      fields: [
        field("login", {
          options: [
            { value: "login.salesforce.com", title: "Production" },
            { value: "test.salesforce.com", title: "Sandbox" },
          ],
        }),
      ],
      token: {
        config: {
          instance_url: { path: "instance_url", pattern: "https://(?<instance>[a-z0-9-]+(?:\\.[a-z0-9-]+){0,3}\\.salesforce\\.com)" },
        },
      },
    }),
    "https://{instance}/services/data/v59.0",
  ],
  [
    "Salesforce SOAP",
    {
      type: "login",
      title: "Login",
      fields: [field("user"), secret("password")],
      lifetimeMs: 7_200_000,
      steps: [
        {
          call: {
            url: "https://login.salesforce.com/services/Soap/u/59.0",
            headers: { soapaction: "login" },
            text: {
              type: "text/xml",
              body: "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><login xmlns='urn:partner.soap.sforce.com'><username>{user}</username><password>{password}</password></login></e:Body></e:Envelope>",
            },
          },
          take: {
            server_url: { from: "text", pattern: "<serverUrl>https://(?<instance>[a-z0-9.-]+\\.salesforce\\.com)/" },
            session: { from: "text", pattern: "<sessionId>([^<]+)" },
          },
        },
      ],
    },
    "https://{instance}/services/Soap/u/59.0",
  ],
  [
    "Pipedrive",
    code("https://oauth.pipedrive.com/oauth/authorize", "https://oauth.pipedrive.com/oauth/token", {
      clientAuth: "basic",
      keepAliveDays: 60,
      token: { config: { api_domain: { path: "api_domain", pattern: "https://(?<company>[a-z0-9-]+)\\.pipedrive\\.com" } } },
    }),
    "https://{company}.pipedrive.com/api/v2",
  ],
  [
    "QuickBooks",
    code("https://appcenter.intuit.com/connect/oauth2", "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer", {
      clientAuth: "basic",
      rotating: true,
      keepAliveDays: 100,
      callback: { config: { realm_id: { param: "realmId", pattern: "\\d{1,20}" } } },
    }),
    "https://quickbooks.api.intuit.com/v3/company/{realm_id}",
  ],
  [
    "Amazon SP-API",
    code("https://{seller_central}/apps/authorize/consent", "https://api.amazon.com/auth/o2/token", {
      pkce: false,
      fields: [
        field("seller_central", {
          options: [
            { value: "sellercentral.amazon.com", title: "North America" },
            { value: "sellercentral-europe.amazon.com", title: "Europe" },
          ],
        }),
        field("region", {
          options: [
            { value: "na", title: "North America" },
            { value: "eu", title: "Europe" },
          ],
        }),
      ],
      authorizeParams: { application_id: "{clientId}" },
      callback: { code: "spapi_oauth_code", config: { selling_partner_id: { param: "selling_partner_id", pattern: "[A-Z0-9]+" } } },
      headers: { "x-amz-access-token": "{accessToken}" },
    }),
    "https://sellingpartnerapi-{region}.amazon.com",
  ],
  [
    "Zoho",
    code("https://accounts.zoho.com/oauth/v2/auth", "https://{accounts}/oauth/v2/token", {
      scopeSeparator: ",",
      authorizeParams: { access_type: "offline", prompt: "consent" },
      callback: {
        config: {
          accounts_server: { param: "accounts-server", pattern: "https://(?<accounts>accounts\\.zoho\\.(?:com|eu|in|com\\.au|jp|ca|sa))" },
        },
      },
      token: {
        config: { api_domain: { path: "api_domain", pattern: "https://(?<api>www\\.zohoapis\\.(?:com|eu|in|com\\.au|jp|ca|sa))" } },
      },
      headers: { authorization: "Zoho-oauthtoken {accessToken}" },
    }),
    "https://{api}/crm/v8",
  ],
  [
    "Slack",
    code("https://slack.com/oauth/v2/authorize", "https://slack.com/api/oauth.v2.access", {
      scopeSeparator: ",",
      scopeParam: "user_scope",
      token: { accessToken: "authed_user.access_token", scope: "authed_user.scope" },
      refusal: { grant: ["invalid_code", "token_revoked"], client: ["bad_client_secret"] },
      renew: { type: "never" },
    }),
  ],
  [
    "Xero",
    code("https://login.xero.com/identity/connect/authorize", "https://identity.xero.com/connect/token", {
      clientAuth: "basic",
      rotating: true,
      keepAliveDays: 60,
      afterConnect: [
        {
          call: { url: "https://api.xero.com/connections" },
          list: { where: { path: "tenantType", equals: "ORGANISATION" } },
          config: { tenant_id: "tenantId" },
        },
      ],
      headers: { authorization: "Bearer {accessToken}", "xero-tenant-id": "{tenant_id}" },
    }),
  ],
  [
    "Mailchimp",
    code("https://login.mailchimp.com/oauth2/authorize", "https://login.mailchimp.com/oauth2/token", {
      pkce: false,
      renew: { type: "never" },
      afterConnect: [
        {
          call: { url: "https://login.mailchimp.com/oauth2/metadata", headers: { authorization: "OAuth {accessToken}" } },
          config: { dc: { path: "dc", pattern: "us\\d+" } },
        },
      ],
    }),
    "https://{dc}.api.mailchimp.com/3.0",
  ],
  [
    "Shopify",
    code("https://{shop}.myshopify.com/admin/oauth/authorize", "https://{shop}.myshopify.com/admin/oauth/access_token", {
      fields: [field("shop", { pattern: "[a-z0-9][a-z0-9-]*" })],
      scopeSeparator: ",",
      tokenParams: { expiring: "1" },
      rotating: true,
      callback: { hmac: { param: "hmac" }, config: { shop: { param: "shop", pattern: "(?<shop>[a-z0-9-]+)\\.myshopify\\.com" } } },
      headers: { "x-shopify-access-token": "{accessToken}" },
    }),
    "https://{shop}.myshopify.com/admin/api/2026-07",
  ],
  [
    "Facebook",
    code("https://www.facebook.com/v21.0/dialog/oauth", "https://graph.facebook.com/v21.0/oauth/access_token", {
      tokenMethod: "GET",
      scopeSeparator: ",",
      keepAliveDays: 60,
      exchange: {
        url: "https://graph.facebook.com/v21.0/oauth/access_token",
        params: {
          grant_type: "fb_exchange_token",
          client_id: "{clientId}",
          client_secret: "{clientSecret}",
          fb_exchange_token: "{accessToken}",
        },
      },
      renew: {
        type: "exchange",
        url: "https://graph.facebook.com/v21.0/oauth/access_token",
        params: {
          grant_type: "fb_exchange_token",
          client_id: "{clientId}",
          client_secret: "{clientSecret}",
          fb_exchange_token: "{accessToken}",
        },
      },
      sign: {
        type: "digest",
        algorithm: "hmac-sha256",
        key: "{clientSecret}",
        text: "{accessToken}",
        into: { in: "query", name: "appsecret_proof" },
      },
    }),
  ],
  [
    "BigCommerce",
    code("https://login.bigcommerce.com/oauth2/authorize", "https://login.bigcommerce.com/oauth2/token", {
      renew: { type: "never" },
      token: { config: { context: { path: "context", pattern: "stores/(?<hash>[a-z0-9]+)" } } },
      headers: { "x-auth-token": "{accessToken}" },
    }),
    "https://api.bigcommerce.com/stores/{hash}",
  ],
];

test.each(SYSTEMS)("%s is data", (_, auth, baseUrl = "https://api.tiny.example") => {
  const http = { baseUrl, errorMessage: "message", rateLimit: { defaultWaitMs: 1_000 } };
  expect(Object.keys(tinyManifest({ it: auth }, { http }).auth)).toEqual(["it"]);
});
