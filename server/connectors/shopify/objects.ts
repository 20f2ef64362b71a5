import { fieldList } from "../field-list";
import { selection } from "../selection";

type Listed = ReturnType<typeof fieldList>;
const PATH = "/graphql.json";
export const ask = (query: string, variables: Record<string, unknown> = {}) => ({
  method: "POST" as const,
  path: PATH,
  body: { query, variables: variables as never },
});

const paged = (at: string, rows: number) => ({
  type: "cursor" as const,
  next: `${at}.pageInfo.endCursor`,
  place: { in: "body" as const, name: "variables.after" },
  limit: { place: { in: "body" as const, name: "variables.first" }, value: rows },
  stop: { more: `${at}.pageInfo.hasNextPage` },
});
// The search behind `query` follows a change by seconds to minutes.
const since = {
  since: { in: "body" as const, name: "variables.query", template: "updated_at:>='{value}'" },
  format: "iso_s" as const,
  inclusive: true,
  lookbackMs: 300_000,
};
const listed = (type: string, connection: string, { fields, sample }: Listed, chosen: string, { rows = 50, sort = "" } = {}) => ({
  list: ask(
    `query($first: Int!, $after: String, $query: String) { ${connection}(first: $first, after: $after, query: $query, sortKey: ${sort}) { nodes { ${chosen} } pageInfo { hasNextPage endCursor } } }`,
  ),
  pagination: paged(`data.${connection}`, rows),
  records: `data.${connection}.nodes`,
  id: "id",
  updatedAt: "updatedAt",
  changes: since,
  deletes: { by: "scan" as const },
  one: {
    request: ask(`query($id: ID!) { node(id: $id) { ... on ${type} { ${chosen} } } }`, { id: "{id}" }),
    record: "data.node",
  },
  fields,
  sample,
});

/** A mutation says in a 200 what was wrong with its input. */
export const mutate = (name: string, input: string, variables: Record<string, unknown>, chosen: string) => ({
  request: ask(`mutation${input} { payload: ${name} { ${chosen} userErrors { field message } } }`, variables),
  refused: { path: "data.payload.userErrors", message: "data.payload.userErrors.0.message", field: "data.payload.userErrors.0.field.0" },
});
const writes = (record: string, arg: string, [forNew, forOld]: [string, string], chosen: string, { writable }: Listed) => {
  const made = { id: `data.payload.${record}.id`, record: `data.payload.${record}` };
  const write = (verb: string, type: string, value: unknown) => ({
    ...mutate(`${record}${verb}(${arg}: $value)`, `($value: ${type}!)`, { value }, `${record} { ${chosen} }`),
    ...made,
  });
  return {
    create: write("Create", forNew, "{data}"),
    update: write("Update", forOld, { "...": "{data}", id: "{id}" }),
    delete: mutate(`${record}Delete(input: { id: $id })`, "($id: ID!)", { id: "{id}" }, `deleted: __typename`),
    fields: writable,
  };
};

const CUSTOMER = fieldList(`id ID = gid://shopify/Customer/1000001 | createdAt:datetime Created = 2026-01-05T09:00:00Z
  updatedAt:datetime Updated = 2026-10-09T08:53:20Z | displayName Display name = Ada Okafor | firstName First name = Ada | lastName Last name = Okafor
  defaultEmailAddress.emailAddress Email = ada.okafor@northwind.example | defaultEmailAddress.marketingState Email marketing = SUBSCRIBED
  defaultPhoneNumber.phoneNumber Phone = +442079460018 | state Account = ENABLED | locale Language = en | note Note | tags:array Tags = ["sample"]
  taxExempt:boolean Tax exempt = false | numberOfOrders Number of orders = 3 | amountSpent.amount Spent = 72.50
  amountSpent.currencyCode Currency = GBP | defaultAddress.address1 Street = 1 Sample Street | defaultAddress.city City = London
  defaultAddress.zip Postal code = N1 9GU | defaultAddress.countryCodeV2 Country code = GB`);
const CUSTOMER_WRITE = fieldList(`firstName* First name | lastName* Last name | email* Email | phone* Phone | note* Note | locale* Language
  tags:array* Tags | taxExempt:boolean* Tax exempt`);
const ORDER =
  fieldList(`id ID = gid://shopify/Order/2000001 | name Number = #1001 | email Email = ada.okafor@northwind.example | phone Phone | note Note
  createdAt:datetime Created = 2026-10-09T08:00:00Z | updatedAt:datetime Updated = 2026-10-09T08:53:20Z | processedAt:datetime Processed = 2026-10-09T08:00:00Z
  cancelledAt:datetime Cancelled | cancelReason Reason of the cancellation | displayFinancialStatus Payment = PAID
  displayFulfillmentStatus Fulfilment = UNFULFILLED | test:boolean Test order = true | tags:array Tags = []
  customer.id Customer ID = gid://shopify/Customer/1000001 | currentTotalPriceSet.shopMoney.amount Total = 24.00
  currentTotalPriceSet.shopMoney.currencyCode Currency = GBP | currentSubtotalPriceSet.shopMoney.amount Subtotal = 20.00
  currentTotalTaxSet.shopMoney.amount Tax = 4.00 | totalRefundedSet.shopMoney.amount Refunded = 0.00 | shippingAddress.name Ship to = Ada Okafor
  shippingAddress.address1 Street = 1 Sample Street | shippingAddress.city City = London | shippingAddress.zip Postal code = N1 9GU
  shippingAddress.countryCodeV2 Country code = GB | lineItems.pageInfo.hasNextPage:boolean Has more than 30 lines = false
  lineItems.nodes:array Lines = [{"id":"gid://shopify/LineItem/1","title":"Sample mug","sku":"MUG-1","quantity":2,"currentQuantity":2}]`);
const LINES = {
  lineItems: "(first: 30)",
  "lineItems.nodes": " { id title sku quantity currentQuantity originalUnitPriceSet { shopMoney { amount currencyCode } } variant { id } }",
};
const PRODUCT = fieldList(`id ID = gid://shopify/Product/3000001 | title!* Title = Sample mug | handle* Handle = sample-mug
  descriptionHtml* Description = <p>A mug</p> | vendor* Vendor = Northwind | productType* Type = Mugs | status* Status = ACTIVE
  tags:array* Tags = ["sample"] | totalInventory:number In stock = 12 | createdAt:datetime Created = 2026-01-05T09:00:00Z
  updatedAt:datetime Updated = 2026-10-09T08:53:20Z | publishedAt:datetime Published | onlineStoreUrl Web address
  featuredMedia.preview.image.url Image | priceRangeV2.minVariantPrice.amount Price from = 10.00 | priceRangeV2.minVariantPrice.currencyCode Currency = GBP`);
const VARIANT =
  fieldList(`id ID = gid://shopify/ProductVariant/4000001 | title Title = Default | displayName Display name = Sample mug - Default
  sku SKU = MUG-1 | barcode Barcode | price Price = 10.00 | compareAtPrice Price before | position:number Position = 1
  inventoryQuantity:number In stock = 12 | taxable:boolean Taxable = true | createdAt:datetime Created = 2026-01-05T09:00:00Z
  updatedAt:datetime Updated = 2026-10-09T08:53:20Z | product.id Product ID = gid://shopify/Product/3000001
  inventoryItem.id Inventory item ID = gid://shopify/InventoryItem/5000001 | selectedOptions:array Options = []`);
const LOCATION = fieldList(`id ID = gid://shopify/Location/6000001 | name Name = Sample shop | isActive:boolean Active = true
  createdAt:datetime Created = 2026-01-05T09:00:00Z | updatedAt:datetime Updated = 2026-10-09T08:53:20Z | address.address1 Street = 1 Sample Street
  address.city City = London | address.countryCode Country code = GB`);
const LEVEL = fieldList(`id ID = gid://shopify/InventoryLevel/7000001?inventory_item_id=5000001 | isActive:boolean Active = true
  createdAt:datetime Created = 2026-01-05T09:00:00Z | updatedAt:datetime Updated = 2026-10-09T08:53:20Z
  location.id Location ID = gid://shopify/Location/6000001 | item.id Inventory item ID = gid://shopify/InventoryItem/5000001 | item.sku SKU = MUG-1
  quantities:array Quantities = [{"name":"available","quantity":12}]`);
const LEVEL_SELECTION = selection(LEVEL.fields, {
  quantities: '(names: ["available", "on_hand", "committed", "incoming"]) { name quantity }',
});
const LEVELS = listed("InventoryLevel", "inventoryLevels", LEVEL, LEVEL_SELECTION, { rows: 50 });

export const objects = {
  customer: {
    title: "Customers",
    ...listed("Customer", "customers", CUSTOMER, selection(CUSTOMER.fields), { sort: "UPDATED_AT" }),
    writes: writes("customer", "input", ["CustomerInput", "CustomerInput"], selection(CUSTOMER.fields), CUSTOMER_WRITE),
  },
  order: { title: "Orders", ...listed("Order", "orders", ORDER, selection(ORDER.fields, LINES), { rows: 20, sort: "UPDATED_AT" }) },
  product: {
    title: "Products",
    ...listed("Product", "products", PRODUCT, selection(PRODUCT.fields), { sort: "UPDATED_AT" }),
    writes: writes("product", "product", ["ProductCreateInput", "ProductUpdateInput"], selection(PRODUCT.fields), PRODUCT),
  },
  variant: {
    title: "Variants",
    ...listed("ProductVariant", "productVariants", VARIANT, selection(VARIANT.fields, { selectedOptions: " { name value }" }), {
      sort: "ID",
    }),
  },
  location: { title: "Locations", ...listed("Location", "locations", LOCATION, selection(LOCATION.fields), { sort: "ID" }) },
  inventory_level: {
    title: "Stock",
    ...LEVELS,
    each: "location",
    list: ask(
      `query($location: ID!, $first: Int!, $after: String, $query: String) { location(id: $location) { inventoryLevels(first: $first, after: $after, query: $query) { nodes { ${LEVEL_SELECTION} } pageInfo { hasNextPage endCursor } } } }`,
      { location: "{parent}" },
    ),
    pagination: paged("data.location.inventoryLevels", 50),
    records: "data.location.inventoryLevels.nodes",
  },
};
