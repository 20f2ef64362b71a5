import { faultOf } from "#components/trpc/fault";

/** What the server refuses, by the target of the field. `under` = where the input holds the fields. */
export function refusedBy(error: unknown, under = ""): ReadonlyMap<string, string> {
  if (!error) return new Map();
  return new Map(
    Object.entries(faultOf(error).fields ?? {}).flatMap(([path, [message]]) =>
      path.startsWith(under) && message !== undefined ? [[path.slice(under.length), sentence(message)] as const] : [],
    ),
  );
}

/** The server's words go after the field's name; alone they begin with a capital. */
const sentence = (message: string) => message.charAt(0).toUpperCase() + message.slice(1);
