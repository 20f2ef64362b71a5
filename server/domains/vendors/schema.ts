import { z } from "zod";

/** What the first-run page asks for. */
export const FirstVendor = z.object({
  name: z.string().trim().min(1, "Enter the name of your product.").max(80, "At most 80 characters."),
  email: z.email("Enter an e-mail address such as you@company.com.").trim().max(200),
});
export type FirstVendor = z.infer<typeof FirstVendor>;
