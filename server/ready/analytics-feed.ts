import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { analyticsEvent } from "./models";
import { anyEvents, EVENTS } from "./streams-any";
import { klaviyoAnalytics, zendeskTicketEvents } from "./streams-office";
import { shopifyOrderEvents, stripeChargeEvents } from "./streams-shop";

const FEED = { name: "Analytics feed", description: "What happened, when and how much, without names." };

export const analyticsFeed: ReadyTemplateInput = {
  key: "analytics-feed",
  title: "Analytics feed",
  useCase: "Orders, payments, campaigns and tickets of all systems as one stream of events.",
  audience: "Analytics, attribution and reporting products.",
  words: ["events", "warehouse", "reporting", "attribution", "metrics", "BI"],
  today:
    "Each order, payment, campaign event and ticket is one event with a name, a moment and, where there is one, an amount. People are a hash of their e-mail address or the source's id. Your product reads the events from the change feed, in order and without gaps.",
  notIncluded: "Events are not sent on to an analytics service by themselves: your product reads the change feed and does.",
  models: [analyticsEvent],
  stands: [
    { ...{ ...FEED, connector: "shopify", side: "Shop" }, streams: [shopifyOrderEvents] },
    { ...{ ...FEED, connector: "stripe", side: "Payments" }, streams: [stripeChargeEvents] },
    { ...{ ...FEED, connector: "klaviyo", side: "E-mail marketing" }, streams: [klaviyoAnalytics] },
    { ...{ ...FEED, connector: "zendesk", side: "Support" }, streams: [zendeskTicketEvents] },
    {
      ...{ ...FEED, connector: "generic-rest", side: "Any service" },
      streams: [anyEvents],
      expects: { records: EVENTS, standsFor: "other services that list events, until they have a connector of their own" },
    },
  ],
};
