import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { loyaltyMember, review } from "./models";
import { anyReviews, REVIEWS } from "./streams-any";
import { shopifyMembers } from "./streams-shop";

export const reviewsLoyalty: ReadyTemplateInput = {
  key: "reviews-loyalty",
  title: "Reviews and loyalty",
  useCase: "Who buys often enough for a tier, and what buyers say of each article.",
  audience: "Loyalty, review and retention products for shops.",
  words: ["ratings", "tiers", "points", "retention", "shop", "customers"],
  today:
    "Customers who have bought are read with what they spent and the tier that follows from it; its limits are in the mapping. Published reviews are read with their rating.",
  notIncluded:
    "Tiers and points are not written back into the shop: it holds them as tags, and writing one would replace all tags of a customer. Review services have no connector of their own yet; their side is proven on the REST service.",
  models: [loyaltyMember, review],
  stands: [
    {
      connector: "shopify",
      side: "Shop",
      name: "Loyal customers",
      description: "Your customers with what they have bought and their tier.",
      streams: [shopifyMembers],
    },
    {
      connector: "generic-rest",
      side: "Reviews",
      name: "Reviews",
      description: "What buyers say of your articles.",
      streams: [anyReviews],
      expects: { records: REVIEWS, standsFor: "review services, until they have a connector of their own" },
    },
  ],
};
