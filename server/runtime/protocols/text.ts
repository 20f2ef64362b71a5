const IN_XML = /^<\?xml[^>]*\bencoding=["']([A-Za-z0-9._-]+)["']/;

/** A body as text, in the encoding its type or its XML declaration names; UTF-8 else. Throws RangeError for an unknown one. */
export function textOf(body: Buffer, contentType: string | undefined): string {
  const named = /charset="?([A-Za-z0-9._-]+)/i.exec(contentType ?? "")?.[1] ?? IN_XML.exec(body.subarray(0, 200).toString("latin1"))?.[1];
  const utf16 = body.length >= 2 && ((body[0] === 0xff && body[1] === 0xfe) || (body[0] === 0xfe && body[1] === 0xff));
  return new TextDecoder(utf16 ? (body[0] === 0xff ? "utf-16le" : "utf-16be") : (named ?? "utf-8")).decode(body);
}
