const IN_XML = /^<\?xml[^>]*\bencoding=["']([A-Za-z0-9._-]+)["']/;

/** Reads bytes as text, in the encoding that their type, or what they begin with, names; UTF-8 else. Throws RangeError for an unknown one. */
export function decoderOf(head: Buffer, contentType: string | undefined): TextDecoder {
  const named = /charset="?([A-Za-z0-9._-]+)/i.exec(contentType ?? "")?.[1] ?? IN_XML.exec(head.subarray(0, 200).toString("latin1"))?.[1];
  const utf16 = head.length >= 2 && ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff));
  return new TextDecoder(utf16 ? (head[0] === 0xff ? "utf-16le" : "utf-16be") : (named ?? "utf-8"));
}

/** A body as text, in the encoding its type or its XML declaration names; UTF-8 else. Throws RangeError for an unknown one. */
export const textOf = (body: Buffer, contentType: string | undefined): string => decoderOf(body, contentType).decode(body);
