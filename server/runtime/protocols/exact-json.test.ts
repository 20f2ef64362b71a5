import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseExactJson } from "./exact-json";

describe("numbers", () => {
  test("what a double cannot hold is text, all else is as ever", () => {
    const text =
      '{"a":9007199254740993,"b":0.30000000000000004,"c":[1.234567890123456789,-12345678901234567890],"d":" 12345678901234567890","e":1.5}';
    expect(parseExactJson(text)).toEqual({
      a: "9007199254740993",
      b: 0.30000000000000004,
      c: ["1.234567890123456789", "-12345678901234567890"],
      d: " 12345678901234567890",
      e: 1.5,
    });
  });
  test("any JSON of ordinary values is read as JSON.parse reads it", () =>
    fc.assert(
      fc.property(fc.json(), fc.nat(40), (text, pad) => {
        fc.pre(!/(?<![.\d])\d{16}/.test(text)); // long integers are text, as promised
        expect(parseExactJson(" ".repeat(pad) + text)).toEqual(JSON.parse(text));
      }),
    ));
  test("an int64 anywhere is found, digit for digit", () =>
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }), fc.string(), fc.nat(40), (n, note, pad) => {
        const text = `{"note":${JSON.stringify(note)},${" ".repeat(pad)}"n":${n},"list":[${n}]}`;
        expect(parseExactJson(text)).toEqual({ note, n: n === 2n ** 53n ? "9007199254740992" : String(n), list: [String(n)] });
      }),
    ));
});
