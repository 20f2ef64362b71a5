const SIGNS: Record<string, string> = {
  COMMA: ",",
  MULTIPLY: "*",
  DIVIDE: "/",
  MODULO: "%",
  PLUS: "+",
  MINUS: "-",
  RPAREN: ")",
  LPAREN: "(",
  RBRACKET: "]",
  LBRACKET: "[",
  RBRACE: "}",
  LBRACE: "{",
  COLON: ":",
  QUESTION: "?",
  DOT: ".",
  EQ: "==",
  NE: "!=",
  LT: "<",
  LE: "<=",
  GT: ">",
  GE: ">=",
  AND: "&&",
  OR: "||",
  NOT: "!",
};
const KINDS: Record<string, string> = {
  int: "a whole number",
  double: "a number",
  string: "text",
  bool: "yes or no",
  list: "a list",
  map: "an object",
  null: "nothing",
  "google.protobuf.Timestamp": "a moment",
  "google.protobuf.Duration": "a span of time",
};
const named = (table: Record<string, string>, key: string | undefined): string =>
  key !== undefined && Object.hasOwn(table, key) ? (table[key] ?? key) : (key ?? "");

/** What the parser says, and the same for a person with what to do about it. */
const SAYINGS: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [/^Expected RPAREN/, () => 'a ")" is missing; every "(" needs its own'],
  [/^Expected RBRACKET/, () => 'a "]" is missing; every "[" needs its own'],
  [/^Expected COLON/, () => 'a ":" is missing; a choice is written  condition ? value : otherwise'],
  [/^Unexpected token: EOF|got EOF$/, () => "it ends too early; a value or a bracket is missing at its end"],
  [/^Unterminated string/, () => "a text is not closed; put the quote that it began with at its end"],
  [/^(?:Unexpected token|Expected \w+, got):? ?(\w+)$/, ([, token]) => `"${named(SIGNS, token)}" stands where a value is needed`],
  [
    /^Unexpected character: (.+)$/,
    ([, found = ""]) => `"${found.replace(/^'|'$/g, "")}" cannot stand there; a sign such as + or && may be missing before it`,
  ],
  [
    /^Reserved identifier: (\w+)$/,
    ([, word]) => `"${word}" is no name here; a field called so is record["${word}"], and a choice is condition ? value : otherwise`,
  ],
  [
    /^no such overload: (\S+) (\S+) (\S+)$/,
    ([, one, sign, other]) =>
      `"${sign}" does not go with ${named(KINDS, one)} and ${named(KINDS, other)}; convert one of them, with string(…) or double(…)`,
  ],
  [
    /^found no matching overload for '(\w+)\(.*$/,
    ([, name]) => `"${name}" does not take these values, or not so many; see the reference of expressions`,
  ],
];

/** The parser's words as a person understands them; what is not known stays as it is. */
export function plainWords(saying: string): string {
  for (const [pattern, words] of SAYINGS) {
    const match = pattern.exec(saying);
    if (match) return words(match);
  }
  return saying;
}
