import { STYLES } from "./styles";

/** A test that ran: its file from the root, and its names from the outermost suite to itself. */
export type Ran = { file: string; names: readonly string[] };

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A title as tests and suites begin with it; what a table fills in may be anything. */
const beginningWith = (title: string): RegExp =>
  new RegExp(
    `^(?:${title
      .split(/%[sdifjo]|\$\w+/)
      .map(escaped)
      .join(".*")})(?!\\w)`,
  );

/**
 * Styles that name a test of one of these files which did not pass in this run: it is gone, called otherwise, or skipped. `passed` are
 * the tests that did.
 */
export function unprovenStyles(files: readonly string[], passed: readonly Ran[]): string[] {
  const proofs = Object.values(STYLES).flatMap((styles) =>
    styles.flatMap(({ style, proofs: own }) => own.map((proof) => ({ style, proof }))),
  );
  return proofs.flatMap(({ style, proof: [file, title] }) => {
    if (!files.includes(file)) return [];
    const look = beginningWith(title);
    const shown = passed.some((one) => one.file === file && one.names.some((name) => look.test(name)));
    return shown ? [] : [`${style}: no test "${title}" passed in ${file}`];
  });
}
