/** A token the vendor signed itself, told from one of ours by its two dots. */
export const isSigned = (token: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);

type Answer = { token?: unknown; detail?: unknown };

/**
 * Hands a JWT of the vendor in and gets an embed session's token for it; "" when it was refused. Why goes to `tell`, in the
 * words of the vendor's engineer: it is nothing the customer could put right.
 */
export async function exchangeSigned(
  publishableKey: string,
  token: string,
  hostOrigin: string,
  tell: (problem: string) => void,
): Promise<string> {
  try {
    const response = await fetch(`/embed/${encodeURIComponent(publishableKey)}/session`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-inlay-host-origin": hostOrigin },
      body: JSON.stringify({ token }),
      credentials: "omit",
      cache: "no-store",
    });
    const answer = (await response.json().catch(() => ({}))) as Answer;
    if (response.ok && typeof answer.token === "string") return answer.token;
    tell(`The JWT was refused. ${typeof answer.detail === "string" ? answer.detail : `The server answered ${response.status}.`}`);
  } catch {
    tell("The JWT could not be exchanged: the server was not reached.");
  }
  return "";
}
