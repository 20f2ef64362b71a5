import { one, type Style } from "./style";

const PAGES = "server/runtime/paging/styles.test.ts";
const CHANGES = "server/runtime/paging/changes.test.ts";
const EVENTS = "server/runtime/paging/events-and-tables.test.ts";
const PASSES = "server/runtime/pages.test.ts";
const PROTOCOLS = "server/runtime/protocols/protocols.test.ts";
const EXPORTS = "server/runtime/paging/export-job.test.ts";
const SOAP = "server/runtime/protocols/soap.test.ts";
const ACTIONS = "server/domains/actions/actions.db.test.ts";

export const PAGING: readonly Style[] = [
  one("token in the body → query", "HubSpot, Slack, Square, Pipedrive, Klaviyo, Zoho", "cursor", [PAGES, "cursor: body to query"]),
  one("token in a header", "Salesforce Bulk 2.0", "cursor", [PAGES, "cursor: header to header"]),
  one("token into a POST body", "Intercom, HubSpot search, Square search", "cursor", [PAGES, "cursor: into a POST body"]),
  one("token inside an address", "Klaviyo, SAP", "cursor, pattern", [PAGES, "cursor: skip token in an address, flag says the end"]),
  one("a scroll: one token for all pages", "search engines", "cursor", [
    PASSES,
    "a scroll's token stays the same while other rows come; with rows that come again it is a loop",
  ]),
  one("tokens that run out", "Square, Zoho, Elasticsearch", "stop.expired", [
    "server/runtime/paging/expired.test.ts",
    "the pass is begun anew, and reads everything",
  ]),
  one("last id", "Stripe, ActiveCampaign, Shopify, API2Cart", "keyset", [PAGES, "keyset"]),
  one("next address, absolute", "Zendesk, eBay, PayPal, Twilio", "link", [PAGES, "next address: absolute"]),
  one("next address, relative", "Salesforce, Twilio", "link", [PAGES, "next address: relative, in a list of links"]),
  one("next address of OData", "SAP, Dynamics", "link, against: base", [PAGES, "OData: relative to the service"]),
  one("Link header", "GitHub, WordPress, Shopify REST", "link", [PAGES, "Link header"]),
  one("numbered pages, count in a header; 400 past the end", "WordPress, WooCommerce", "page, last, stop.statuses", [
    PAGES,
    "page: pages counted in a header, 400 past the end",
  ]),
  one("204 or an empty page past the end", "BigCommerce", "page", [PAGES, "page: 204 past the end"], [PAGES, "page: until an empty one"]),
  one("the last page again past the end", "Magento", "stop.repeated", [PAGES, "page: the last one again and again"]),
  one("a short page is the last", "Xero", "stop.short", [PAGES, "page: a short one is the last"]),
  one("offset, silently clamped, total", "Redmine, Directus, Razorpay", "offset, stop.total", [PAGES, "offset: from 0, clamped, total"]),
  one("offset from 1, in an expression", "QuickBooks", "offset, first", [PAGES, "offset: from 1, inside an expression"]),
  one("GraphQL take and skip", "Vendure", "offset", [PAGES, "offset: take and skip among GraphQL variables"]),
  one("GraphQL connection", "Shopify, GitHub, Linear", "cursor", [PROTOCOLS, "a relay connection, page by page, then what changed since"]),
  one("SOAP locator", "Salesforce, NetSuite", "cursor, onward", [
    SOAP,
    "further pages by another operation, whose answer has another name",
  ]),
  one("Range header", "Heroku", "range", [PAGES, "range: of a header"]),
  one(
    "rows of a sheet",
    "Google Sheets",
    "range, table",
    [PAGES, "range: rows of a sheet, in the path"],
    [EVENTS, "rows of cells become records by the names of their columns; empty rows are none, and do not end the reading"],
  ),
  one("all at once", "Xero items", "none", [PAGES, "none"]),
  one("asynchronous export", "SP-API reports, Shopify bulk, Salesforce Bulk", "job", [
    PROTOCOLS,
    "a file on demand: asked for, waited for, read in pages by whoever goes on",
  ]),
  one("… whose id is in a header, and whose state is the HTTP status", "202 Accepted + Location", "job.id, job.status", [
    EXPORTS,
    "an id in a header, a state told by the status alone, a file where one asked for it",
  ]),
  one(
    "… whose file a third question tells, packed",
    "SP-API reports, Zoho bulk read",
    "job.locate, job.unpack",
    [EXPORTS, "a third question tells where the file is, each time anew, for such addresses run out"],
    [EXPORTS, "an archive, whole and in pieces"],
  ),
  one(
    "… in several files, or in parts",
    "Salesforce Bulk 2.0",
    "job.parts, job.file",
    [EXPORTS, "parts, each of which tells the mark of the next in a header; marks in a circle are noticed"],
    [EXPORTS, "several files, one after the other, and none at all"],
  ),
  one("… of any size, gone on with after a kill", "all", "job.pageRows", [
    "server/runtime/paging/export-stream.test.ts",
    "%s: only what is read is fetched, and another process goes on at the row",
  ]),
  one("a list for each record of another", "Mailchimp, Square invoices, GitHub issues", "each", [
    PROTOCOLS,
    "a list for each record of another object, whatever each has",
  ]),
  one("… of which some have none", "GitHub issues, Teams channels", "parent.skip", [
    "server/runtime/paging/parents.test.ts",
    "403 is a missing permission, unless it is declared",
  ]),
  one("lists below lists below lists", "Asana, ClickUp, Teams", "each, {parent_…}", [
    "server/runtime/paging/parents.test.ts",
    "lists that hang on lists know all above them, also where ids are unique in one parent only",
  ]),
  one("bare ids", "Hacker News, ORCID", "get.id", [
    "server/runtime/paging/each-record.test.ts",
    "bare ids, numbers among them: each is fetched by its id, and has another one in itself",
  ]),
  one("ids, then many by their ids at once", "PubMed, NetSuite, Steam", "get.batch", [
    "server/runtime/paging/each-record.test.ts",
    "many at once, in a parameter or as a list in a body; what does not come is gone",
  ]),
  one("ids only", "NetSuite, Request Tracker", "get", [
    PROTOCOLS,
    "ids only: each is fetched; one that is gone is left out, one the source cannot give waits alone",
  ]),
  one("no list at all", "UPS, FedEx, USPS, Google Maps, WhatsApp", "actions", [
    ACTIONS,
    "a lookup: typed input in, declared fields out, with the connection's credential",
  ]),
  one("chosen by the connection", "any REST or GraphQL service", "variants", ["server/connectors/own-service.test.ts", "pages: %s"]),
  one("a source that runs in a circle", "any", "(always)", [PASSES, "the same cursor for ever is a loop, not a success"]),
];

const EXPRESSION = "by an expression, in a parameter with an operator in its name, in a query language with offsets, in a body";
export const INCREMENTAL: readonly Style[] = [
  one("parameter, ISO", "most", "since, format: iso", [CHANGES, "iso"], [CHANGES, "iso_s"]),
  one("parameter, Unix time", "Razorpay, Zendesk, Intercom, Stripe", "format: unix_s, unix_ms", [CHANGES, "unix_s"], [CHANGES, "unix_ms"]),
  one("operator in the parameter's name", "Twilio, BigCommerce, ActiveCampaign", "since.name", [CHANGES, EXPRESSION]),
  one("a token for what is new", "Google, Dropbox, Plaid, Microsoft Graph", "changes.token", [
    "server/runtime/paging/tokens.test.ts",
    "everything is read once, then what is new, and when there is nothing, nothing",
  ]),
  one("header, 304", "Xero, Zoho CRM", "since.in: header", [CHANGES, "by a header; 304 and 204 say that nothing did"]),
  one("expression, strictly later", "Klaviyo", "template, inclusive: false", [CHANGES, EXPRESSION]),
  one("query language", "SOQL, QuickBooks, TicketSQL", "request with {since}", [CHANGES, EXPRESSION]),
  one(
    "filter in a body",
    "HubSpot, Intercom, Directus",
    "since.in: body",
    [CHANGES, EXPRESSION],
    [
      "server/runtime/paging/typed-holes.test.ts",
      "moments that are numbers are numbers in a body, by place and by hole; with a template they are text",
    ],
  ),
  one("GraphQL variable", "GitHub, Linear, Vendure", "since.in: body", [
    PROTOCOLS,
    "a relay connection, page by page, then what changed since",
  ]),
  one(
    "OData filter",
    "SAP",
    "format: odata_datetime, odata_datetimeoffset",
    [CHANGES, "odata_datetime"],
    [CHANGES, "odata_datetimeoffset"],
  ),
  one("dates as /Date(…)/", "Xero, SAP OData V2", "format: ms_json", [CHANGES, "ms_json"]),
  one("days only", "SAP S/4HANA", "format: date", [CHANGES, "date"]),
  one("HTTP dates", "Xero", "format: http_date", [CHANGES, "http_date"]),
  one("times in a look of their own", "Request Tracker, Magento, iCalendar", "format: look", [
    "server/runtime/paging/moments.test.ts",
    "a moment in the look %s %j",
  ]),
  one(
    "times of a place, without zone",
    "WordPress, ShipStation",
    "format: local, zone",
    [CHANGES, "local"],
    [CHANGES, "clocks of a place, in summer, in winter and when an hour comes twice"],
  ),
  one("bounded window", "PayPal, Shiprocket, QuickBooks CDC", "window", [
    CHANGES,
    "in bounded windows, from a first day on, without a gap",
  ]),
  one("not further back than", "QuickBooks CDC, Stripe events", "reachMs", [
    EVENTS,
    "a feed of changes tells the deletions among them; what is beyond its reach makes everything be read",
  ]),
  one("search that ends after so many rows", "HubSpot", "windowCap", [PASSES, "more rows than the cap, all found"]),
  one("created only; changes as events", "Stripe, Razorpay", "record, get", [
    EVENTS,
    "a feed of events names what changed; each is fetched once a page, as it is now",
  ]),
  one("none: full reading and difference", "Google Sheets, carriers", "deletes: scan", [
    PASSES,
    "a source without changes is read whole each time",
  ]),
  one("change time null until the first change", "Tryton, Directus", "createdAt", [
    CHANGES,
    "a change time that is null until the first change: the time of creation stands in",
  ]),
  one("overlap instead of the last maximum", "Vendure, Request Tracker, any", "lookbackMs", [
    PASSES,
    "the next pass starts a lookback before this one began, by the source's clock",
  ]),
  one("deletions by a mark", "Shopify, HubSpot archived", "deletes: mark", [
    "server/runtime/paging/deletes.test.ts",
    "a mark: the record that says it is deleted is no record, on full readings and among changes",
  ]),
  one("deletions by a list", "Zoho CRM, Salesforce", "deletes: feed", [
    "server/runtime/paging/deletes.test.ts",
    "a feed: what was deleted is read page by page before what changed, from the same moment; the first reading has no need of it",
  ]),
  one("deletions by what is missing", "any other", "deletes: scan", [
    "server/runtime/paging/deletes.test.ts",
    "a scan beside changes: only once in its time is everything read again",
  ]),
];
