/** A test that is already there: its file and (a part of) its name. */
export type NamedTest = { file: string; name: string };

/** One fault of the catalogue: how it is brought about, and by what it is proven that it does no harm. */
export type Fault = {
  id: string;
  what: string;
  kind: "process and infrastructure" | "third party" | "tokens" | "writes" | "webhooks" | "tenancy and load";
  /** Played by a case of this harness. */
  played?: true;
  /** Proven by these, which are run together with the cases. */
  tests?: NamedTest[];
  /** What of it is not proven on one machine, and why. */
  open?: string;
};

/** A row of the catalogue before it has its number. */
export type Row = Omit<Fault, "id" | "kind">;

/** Names tests of one file. */
export const at = (file: string) => (name: string) => ({ file, name });
