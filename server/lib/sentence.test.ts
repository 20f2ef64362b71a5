import { expect, test } from "vitest";
import { sentence } from "./sentence";

test.each([
  ["there is no draft to publish", "There is no draft to publish."],
  ["Nothing was lost.", "Nothing was lost."],
  ["returnTo must be the address of a page", "returnTo must be the address of a page."],
  ["after: send a number", "after: send a number."],
  ["int_1 is not on offer", "int_1 is not on offer."],
  ["Try again?", "Try again?"],
  ["words", "words"],
  ["", ""],
])("%j is shown as %j", (text, shown) => expect(sentence(text)).toBe(shown));
