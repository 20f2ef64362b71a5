import type { Language } from "./languages";
import { type OwnWords, sayIn } from "./messages";
import type { Say } from "./say";

/** Who is spoken to: in which language, and in whose words. */
export type Reader = { language: Language; own: OwnWords };

/** How to speak to whoever asks: a customer in their language and the vendor's words, everybody else in plain English. */
export const sayTo = ({ reader }: { reader?: Reader | undefined }): Say => (reader ? sayIn(reader.language, reader.own) : sayIn("en"));
