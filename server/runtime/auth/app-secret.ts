import { holesIn } from "./holes";
import type { AuthMethod } from "./schema";
import type { Signature } from "./signature-schema";

/** What a signature is made with and does not show. */
const UNSHOWN: Record<Signature["type"], readonly string[]> = {
  oauth1: ["consumerSecret"],
  aws_sigv4: ["secretAccessKey"],
  digest: ["key", "text", "sorted"],
};

const holdsSecret = (value: unknown): boolean => holesIn(value).includes("clientSecret");

/** What of a signature is sent. By PLAINTEXT (RFC 5849 §3.4.4) that is the key itself. */
function shownOf(sign: Signature | undefined): unknown {
  if (sign === undefined || (sign.type === "oauth1" && sign.method === "PLAINTEXT")) return sign;
  return Object.fromEntries(Object.entries(sign).filter(([name]) => !UNSHOWN[sign.type].includes(name)));
}

/** What of a method is sent somewhere; what only signs is left out, since a signature gives its key away to nobody. */
function sentOf(method: AuthMethod): unknown {
  const { fields: _fields, ...rest } = method;
  const signs = method.type === "oauth2_client" && !["body", "basic"].includes(method.clientAuth);
  return {
    ...rest,
    ...(method.type === "jwt" ? { key: "" } : {}),
    ...(signs ? { clientSecret: "" } : {}),
    ...("sign" in method ? { sign: shownOf(method.sign) } : {}),
  };
}

/** Whether each request of the API carries the secret of the vendor's app in clear. */
export function secretOnRequests(method: AuthMethod): boolean {
  if (method.type === "oauth1") return method.method === "PLAINTEXT" || holdsSecret([method.headers, method.query, method.realm]);
  const { headers, query } = method;
  const more = "cookies" in method ? [method.cookies, method.body, method.basic, shownOf(method.sign)] : [];
  return holdsSecret([headers, query, ...more]);
}

/** Whether any call of the method does: to sign in, to renew, to ask for the account, to give the grant back. */
export function secretOnCalls(method: AuthMethod): boolean {
  if (method.type === "oauth2_code" && ["body", "basic"].includes(method.clientAuth)) return true;
  return holdsSecret(sentOf(method)) || secretOnRequests(method);
}
