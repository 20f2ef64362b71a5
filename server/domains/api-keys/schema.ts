import { z } from "zod";

/** What a secret key may do. `sessions` is enough for a backend that only opens the marketplace. */
export const API_SCOPES = ["read", "write", "sessions"] as const;

export const ApiScopes = z
  .array(z.enum(API_SCOPES))
  .min(1, "choose at least one")
  .transform((scopes) => API_SCOPES.filter((scope) => scopes.includes(scope)));
