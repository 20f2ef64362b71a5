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

/** A write whose mutation is not named and fed like those of customers and products. */
const written = (call: string, types: string, variables: Record<string, unknown>, at: string, chosen: string) => ({
  ...mutate(call, types, variables, `${at.split(".")[0]} { ${chosen} }`),
  id: `data.payload.${at}.id`,
  record: `data.payload.${at}`,
});

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
const ORDER_WRITE =
  fieldList(`email* Email | phone* Phone | note* Note | poNumber* Purchase order | tags:array* Tags | shippingAddress:object* Ship to
  customAttributes:array* Further details | lineItems:array!+ Lines | customerId+ Customer ID | currency+ Currency | name+ Number
  processedAt:datetime+ Processed | financialStatus+ Payment | billingAddress:object+ Billing address | transactions:array+ Payments
  sourceIdentifier+ ID where it comes from | test:boolean+ Test order`);
const LINES = {
  lineItems: "(first: 30)",
  "lineItems.nodes": " { id title sku quantity currentQuantity originalUnitPriceSet { shopMoney { amount currencyCode } } variant { id } }",
};
const ORDERS = selection(ORDER.fields, LINES);
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
const VARIANT_WRITE =
  fieldList(`productId! Product ID | price* Price | compareAtPrice* Price before | barcode* Barcode | taxable:boolean* Taxable
  inventoryPolicy* When out of stock | inventoryItem:object* SKU, cost and tracking | optionValues:array* Options`);
// Which product a variant belongs to stands beside it, for changes as well.
const variantInput = Object.fromEntries(
  VARIANT_WRITE.writable.filter(({ path }) => path !== "productId").map(({ path }) => [path, `{data.${path}}`]),
);
const VARIANTS = selection(VARIANT.fields, { selectedOptions: " { name value }" });
const variantWrite = (verb: "Create" | "Update", more: Record<string, string>) =>
  written(
    `productVariantsBulk${verb}(productId: $product, variants: $value)`,
    "($product: ID!, $value: [ProductVariantsBulkInput!]!)",
    { product: "{data.productId}", value: [{ ...variantInput, ...more }] },
    "productVariants.0",
    VARIANTS,
  );
const LOCATION_WRITE =
  fieldList(`name!* Name | address.countryCode!* Country code | address.address1* Street | address.address2* Second line
  address.city* City | address.zip* Postal code | address.provinceCode* Province | address.phone* Phone
  fulfillsOnlineOrders:boolean* Fulfils online orders`);
const LEVEL_WRITE = fieldList("inventoryItemId!+ Inventory item ID | locationId!+ Location ID | available:number+ Available");
const LOCATION = fieldList(`id ID = gid://shopify/Location/6000001 | name Name = Sample shop | isActive:boolean Active = true
  createdAt:datetime Created = 2026-01-05T09:00:00Z | updatedAt:datetime Updated = 2026-10-09T08:53:20Z | address.address1 Street = 1 Sample Street
  address.city City = London | address.countryCode Country code = GB`);
const LOCATIONS = selection(LOCATION.fields);
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
  order: {
    title: "Orders",
    ...listed("Order", "orders", ORDER, ORDERS, { rows: 20, sort: "UPDATED_AT" }),
    writes: {
      create: written("orderCreate(order: $value)", "($value: OrderCreateOrderInput!)", { value: "{data}" }, "order", ORDERS),
      update: written("orderUpdate(input: $value)", "($value: OrderInput!)", { value: { "...": "{data}", id: "{id}" } }, "order", ORDERS),
      delete: mutate("orderDelete(orderId: $id)", "($id: ID!)", { id: "{id}" }, "deletedId"),
      fields: ORDER_WRITE.writable,
    },
  },
  product: {
    title: "Products",
    ...listed("Product", "products", PRODUCT, selection(PRODUCT.fields), { sort: "UPDATED_AT" }),
    writes: writes("product", "product", ["ProductCreateInput", "ProductUpdateInput"], selection(PRODUCT.fields), PRODUCT),
  },
  variant: {
    title: "Variants",
    ...listed("ProductVariant", "productVariants", VARIANT, VARIANTS, { sort: "ID" }),
    writes: {
      create: variantWrite("Create", {}),
      update: variantWrite("Update", { id: "{id}" }),
      fields: VARIANT_WRITE.writable,
    },
  },
  location: {
    title: "Locations",
    ...listed("Location", "locations", LOCATION, LOCATIONS, { sort: "ID" }),
    writes: {
      create: written("locationAdd(input: $value)", "($value: LocationAddInput!)", { value: "{data}" }, "location", LOCATIONS),
      update: written(
        "locationEdit(id: $id, input: $value)",
        "($id: ID!, $value: LocationEditInput!)",
        { id: "{id}", value: "{data}" },
        "location",
        LOCATIONS,
      ),
      fields: LOCATION_WRITE.writable,
    },
  },
  inventory_level: {
    title: "Stock",
    ...LEVELS,
    each: "location",
    // A GraphQL id names an object in the whole shop: https://shopify.dev/docs/api/usage/gids (2026-11-22).
    unique: true,
    list: ask(
      `query($location: ID!, $first: Int!, $after: String, $query: String) { location(id: $location) { inventoryLevels(first: $first, after: $after, query: $query) { nodes { ${LEVEL_SELECTION} } pageInfo { hasNextPage endCursor } } } }`,
      { location: "{parent}" },
    ),
    pagination: paged("data.location.inventoryLevels", 50),
    records: "data.location.inventoryLevels.nodes",
    writes: {
      create: {
        ...written(
          "inventoryActivate(inventoryItemId: $item, locationId: $location, available: $available) @idempotent(key: $key)",
          "($item: ID!, $location: ID!, $available: Int, $key: String!)",
          { item: "{data.inventoryItemId}", location: "{data.locationId}", available: "{data.available}" },
          "inventoryLevel",
          LEVEL_SELECTION,
        ),
        once: { by: "key" as const, place: { in: "body" as const, name: "variables.key" } },
      },
      delete: mutate("inventoryDeactivate(inventoryLevelId: $id)", "($id: ID!)", { id: "{id}" }, "deleted: __typename"),
      fields: LEVEL_WRITE.writable,
    },
  },
};
