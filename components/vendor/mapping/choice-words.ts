import type { FieldChoice } from "#server/mapping/overrides";

type Customer = FieldChoice["customer"];

/** What customers may do with a field: the long words for choosing, the short ones beside the field. */
export const CHOICES: Record<Customer, { label: string; hint: string; badge: string | null }> = {
  fixed: { label: "See it as it is", hint: "Customers see how it is filled and cannot change it.", badge: null },
  optional: { label: "Leave it out", hint: "Customers may leave it empty, but not fill it otherwise.", badge: "May be left out" },
  choose: { label: "Map it otherwise", hint: "Customers may fill it from any field of their account.", badge: "Customer may choose" },
  must_choose: { label: "Have to map it", hint: "Customers are asked before they turn the stream on.", badge: "Customer must choose" },
  hidden: { label: "Not see it", hint: "It is filled, and not shown to customers anywhere.", badge: "Hidden" },
};

export const choiceWords = ({ customer, prompt }: FieldChoice): string => {
  const words = { fixed: "customers see it", optional: "customers may leave it out", choose: "customers may map it otherwise" };
  const more = { must_choose: "customers have to map it", hidden: "hidden from customers" };
  return { ...words, ...more }[customer] + (prompt ? `, asked “${prompt}”` : "");
};
