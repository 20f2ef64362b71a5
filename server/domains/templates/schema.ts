import { z } from "zod";

/** One object ↔ model flow that a template offers. Its mapping lives in `mappings`, versioned by itself. */
export const TemplateStream = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9_]*$/),
  /** Object of the connector's manifest. */
  object: z.string().min(1),
  /** Key of the vendor's model. */
  model: z.string().min(1),
  /** Shown to the customer: "Contacts". */
  label: z.string().min(1).max(80),
  intervalMs: z.number().int().min(10_000).max(86_400_000).default(300_000),
});
export type TemplateStream = z.infer<typeof TemplateStream>;
