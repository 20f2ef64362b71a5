import { z } from "zod";
import { type Customer, ensureCustomer } from "#server/domains/customers/ensure-customer";
import { findCustomer } from "#server/domains/customers/find-customer";
import { pageCustomers } from "#server/domains/customers/page-customers";
import { Traits } from "#server/domains/integrations/gate";
import { operation } from "../operation";
import { contactEmail, cursor, externalId, idOf, limitUpTo, moment, name, pageOf } from "../shapes";

const CustomerBody = z.object({ id: z.string(), externalId: z.string(), name: z.string(), createdAt: moment }).meta({ id: "Customer" });

const bodyOf = ({ id, externalId, name, createdAt }: Customer) => ({ id, externalId, name, createdAt: createdAt.toISOString() });

export const customers = [
  operation({
    id: "listCustomers",
    method: "GET",
    path: "/v1/customers",
    summary: "List customers, oldest first",
    input: z.strictObject({ externalId: externalId.optional(), cursor, limit: limitUpTo(200, 50) }),
    output: pageOf(CustomerBody),
    async run(ctx, input) {
      const { items, next } = await pageCustomers(ctx, { externalId: input.externalId, after: input.cursor, limit: input.limit });
      return { items: items.map(bodyOf), next };
    },
  }),
  operation({
    id: "upsertCustomer",
    method: "POST",
    path: "/v1/customers",
    summary: "Create or rename a customer",
    description: "Idempotent by `externalId`: sending the same twice gives the same customer.",
    input: z.strictObject({
      externalId,
      name: name.optional(),
      traits: Traits.optional(),
      email: contactEmail,
      internal: z
        .boolean()
        .optional()
        .meta({ description: "One of your own, on which new versions of a mapping are tried first. Not given, it stays as it is." }),
    }),
    output: CustomerBody,
    async run(ctx, input) {
      return bodyOf(await ensureCustomer(ctx, input));
    },
  }),
  operation({
    id: "getCustomer",
    method: "GET",
    path: "/v1/customers/{id}",
    summary: "Get a customer",
    input: z.strictObject({ id: idOf("customer") }),
    output: CustomerBody,
    async run(ctx, input) {
      return bodyOf(await findCustomer(ctx, { customerId: input.id }));
    },
  }),
];
