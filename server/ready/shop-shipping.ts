import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { shipment, shippingOrder } from "./models";
import { anyShipments, SHIPMENTS } from "./streams-any";
import { shopifyOrdersToSend } from "./streams-shop";

export const shopShipping: ReadyTemplateInput = {
  key: "shop-shipping",
  title: "Shop → shipping",
  useCase: "Every paid order that waits to be sent, with a full address, and the parcels that are under way.",
  audience: "Shipping, warehouse and fulfilment products.",
  words: ["fulfilment", "parcels", "tracking", "warehouse", "labels", "carrier"],
  today:
    "Orders that are paid and not sent are read from the shop; one without street or city is held back and told. What is sent or cancelled leaves the list. Shipments are read from the shipping service.",
  notIncluded:
    "Tracking numbers are not written back into the shop: the shop's fulfilments are not among the objects that can be written. Carriers have no connector of their own yet; their side is proven on the REST service.",
  models: [shippingOrder, shipment],
  stands: [
    {
      connector: "shopify",
      side: "Shop",
      name: "Orders to send",
      description: "Your paid orders that wait to be sent, with address and articles.",
      streams: [shopifyOrdersToSend],
    },
    {
      connector: "generic-rest",
      side: "Shipping",
      name: "Shipments",
      description: "Your parcels with tracking number and state.",
      streams: [anyShipments],
      expects: { records: SHIPMENTS, standsFor: "shipping services, until they have a connector of their own" },
    },
  ],
};
