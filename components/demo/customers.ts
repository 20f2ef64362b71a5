/** Acme's own two demo customers, by Acme's own ids. */
export const CUSTOMERS = [
  { id: "globex", name: "Globex" },
  { id: "initech", name: "Initech" },
] as const;
export type DemoCustomer = (typeof CUSTOMERS)[number];

/** The customer named in the address; the first when it names none of ours. */
export function demoCustomer(value: string | string[] | undefined): DemoCustomer {
  return CUSTOMERS.find((customer) => customer.id === value) ?? CUSTOMERS[0];
}
