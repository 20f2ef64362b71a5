import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { stockLevel, stockPlace } from "./models";
import { anyStock, STOCK } from "./streams-any";
import { quickbooksStockBothWays, xeroStock } from "./streams-books";
import { RESERVE, shopifyPlaces, shopifyStock } from "./streams-shop";

const BOOKS = { side: "Books", name: "Stock in your books", description: "Your tracked articles with what is on hand." };

export const inventoryShops: ReadyTemplateInput = {
  key: "inventory-shops",
  title: "Inventory over several shops",
  useCase: "What every shop and warehouse has of each article, and how many of them may safely be sold.",
  audience: "Inventory, order management and marketplace products whose customers sell the same pieces in several places.",
  words: ["stock", "overselling", "warehouse", "availability", "sku", "multichannel"],
  today: `Stock levels of all places come into one model. Each says what is on hand, that ${RESERVE} pieces are kept back, and how many may be sold: never fewer than none. Change the number in the mapping, in both fields. What is on hand goes both ways with QuickBooks: a number of yours is written only while theirs is the one you have seen, and when both have changed, a person decides. No sale is written over.`,
  notIncluded:
    "How many each shop may offer is not decided here: your product works it out, from the sum of “may be sold”. Into Shopify it is not written by a stream but by the action “Set stock”, which changes nothing when there are not as many any more as you say there are. Xero counts stock by itself and takes no number; the REST service is only read.",
  models: [stockLevel, stockPlace],
  stands: [
    {
      connector: "shopify",
      side: "Shop",
      name: "Stock and places",
      description: "What each of your places has of each article.",
      streams: [shopifyPlaces, shopifyStock],
    },
    {
      ...{ ...BOOKS, connector: "quickbooks", description: "Your tracked articles with what is on hand, kept alike on both sides." },
      streams: [quickbooksStockBothWays],
    },
    { ...BOOKS, connector: "xero", streams: [xeroStock] },
    {
      connector: "generic-rest",
      side: "Any shop or warehouse",
      name: "Stock",
      description: "What each of your places has of each article.",
      streams: [anyStock],
      expects: { records: STOCK, standsFor: "other shops and warehouses, until they have a connector of their own" },
    },
  ],
};
