import { z } from "zod";

/** Bytes of a manifest's file. */
export const SOURCE_LIMIT_BYTES = 262_144;

/** Bytes of a description that a manifest is drafted from. */
export const IMPORT_LIMIT_BYTES = 1_000_000;

export const SourceFormat = z.enum(["json", "yaml"]);
export type SourceFormat = z.infer<typeof SourceFormat>;

export type VersionStatus = "draft" | "published" | "retired";

/** What is wrong with a manifest: where, and what to do. `line` counts from 1; null = nowhere in the file. `path` is empty for the whole. */
export type ManifestFault = { line: number | null; path: string; message: string };

/** `line 42, objects.contact.list.path: must start with "/"` */
export const faultText = ({ line, path, message }: ManifestFault): string => {
  const where = [line === null ? "" : `line ${line}`, path].filter((part) => part !== "").join(", ");
  return where === "" ? message : `${where}: ${message}`;
};

/** A manifest as YAML to go on with, and what is to be looked at in it. Nothing is kept. */
export type Drafted = { format: "wsdl" | "openapi"; source: string; notes: string[] };

/** A description from which no manifest can be drafted: why, and in which line. */
export class DraftFault extends Error {
  readonly line: number | null;
  constructor(message: string, line: number | null) {
    super(message);
    this.line = line;
  }
}
