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
  bytes: "bytes",
  dyn: "anything",
  "google.protobuf.Timestamp": "a moment",
  "google.protobuf.Duration": "a span of time",
};
const named = (table: Record<string, string>, key: string | undefined): string =>
  key !== undefined && Object.hasOwn(table, key) ? (table[key] ?? key) : (key ?? "");

/** A type as the parser writes it, `dyn<string>` or `list<dyn>`, for a person. */
function kindOf(type = ""): string {
  const inner = /^dyn<(.+)>$/.exec(type)?.[1];
  return inner === undefined ? named(KINDS, type.replace(/<.*>$/, "")) : kindOf(inner);
}

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
      `"${sign}" does not go with ${kindOf(one)} and ${kindOf(other)}; convert one of them, with string(…) or double(…)`,
  ],
  [/^no such overload: ([!-])(\S+)$/, ([, sign, one]) => `"${sign}" does not go with ${kindOf(one)}; compare or convert it first`],
  [
    /^found no matching overload for '(\S+?)\.(\w+)\(.*$/,
    ([, type, name]) => `"${name}" does not take these values of ${kindOf(type)}; convert them first, with string(…) or double(…)`,
  ],
  [
    /^found no matching overload for '(\w+)\(.*$/,
    ([, name]) => `"${name}" does not take these values, or not so many; see the reference of expressions`,
  ],
  [/^(?:division|modulo) by zero$/, () => "it divides by zero; test for it first: b == 0 ? 0 : a / b"],
  [/^integer overflow/, () => "the number is greater than whole numbers may be; write it with a point, as in 10.0, or use double(…)"],
  [/^(int|double|uint|bool)\(\) type error/, ([, name]) => `${name}(…) is given what is no such value; test it first, or use a transform`],
  [/^timestamp\(\) requires/, () => "timestamp(…) is given no moment such as 2026-01-31T09:30:00Z; use the transform for dates first"],
  [/^Invalid duration string/, () => 'duration(…) is given no span of time such as "90m" or "24h"'],
  [
    /^string\.(\w+)\(.*out of range$/,
    ([, name]) => `"${name}" is asked for characters that the text does not have; test its size(…) first`,
  ],
  [
    /^Ternary branches must have the same type, got '(.+)' and '(.+)'$/,
    ([, one, other]) =>
      `both sides of a choice have to be of one kind, and these are ${kindOf(one)} and ${kindOf(other)}; convert one of them, with string(…) or double(…)`,
  ],
  [
    /^Ternary condition must be bool, got '(.+)'$/,
    ([, type]) =>
      `a choice needs a condition that is true or false, and this is ${kindOf(type)}; compare it with something, as in a == "…"`,
  ],
  [
    /^Logical operator requires bool operands, got '(.+)'$/,
    ([, type]) => `&& and || go between what is true or false, and this is ${kindOf(type)}; compare it with something, as in a == "…"`,
  ],
  [/^Exceeded max(?:AstNodes|Depth) \((\d+)\)$/, ([, most]) => `it has more than ${most} parts, or parts inside parts`],
  [
    /^Exceeded max(\w+?)(?:Elements|Entries|Arguments) \((\d+)\)$/,
    ([, what, most]) => `a ${what?.toLowerCase()} in it has more than ${most} entries`,
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
