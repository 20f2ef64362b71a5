import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { stockLevel, stockPlace } from "./models";
import { anyStock, STOCK } from "./streams-any";
import { quickbooksStock, xeroStock } from "./streams-office";
import { RESERVE, shopifyPlaces, shopifyStock } from "./streams-shop";

const BOOKS = { side: "Books", name: "Stock in your books", description: "Your tracked articles with what is on hand." };

export const inventoryShops: ReadyTemplateInput = {
  key: "inventory-shops",
  title: "Inventory over several shops",
  useCase: "What every shop and warehouse has of each article, and how many of them may safely be sold.",
  audience: "Inventory, order management and marketplace products whose customers sell the same pieces in several places.",
  words: ["stock", "overselling", "warehouse", "availability", "sku", "multichannel"],
  today: `Stock levels of all places come into one model. Each says what is on hand, that ${RESERVE} pieces are kept back, and how many may be sold: never fewer than none. Change the number in the mapping, in both fields.`,
  notIncluded:
    "Stock is not written back into the shops, so they do not learn of each other's sales by this alone: what prevents overselling is your product, by selling no more than the sum of “may be sold”. Writing it back needs a stream in the direction push.",
  models: [stockLevel, stockPlace],
  stands: [
    {
      connector: "shopify",
      side: "Shop",
      name: "Stock and places",
      description: "What each of your places has of each article.",
      streams: [shopifyPlaces, shopifyStock],
    },
    { ...BOOKS, connector: "quickbooks", streams: [quickbooksStock] },
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
