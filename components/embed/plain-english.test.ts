import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const ROOM = new URL(".", import.meta.url);
const files = readdirSync(ROOM).filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$/.test(name));
const sourceOf = (name: string) => readFileSync(new URL(name, ROOM), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");

/** What is said to the engineer who embeds, not to a customer; and the made-up texts of a vendor in the preview of a look. */
const ENGINEERS = new Set([
  "embed-app.tsx",
  "embed-root.tsx",
  "headless-answers.ts",
  "signed-token.ts",
  "theme.ts",
  "language.tsx",
  "navigation.tsx",
  "preview-samples.ts",
]);

describe.each(files)("%s", (name) => {
  const source = sourceOf(name);

  it("says nothing in one language only", () => {
    // Words between tags, and words given to attributes that people read.
    const shown = [...source.matchAll(/(?<!=)>\s*([A-Z][a-z]+(?: [\w’'.,-]+)*[^<>{}=;()]*)\s*</g)].map(([, words]) => words?.trim());
    const named = [
      ...source.matchAll(/\b(?:label|title|placeholder|aria-label|alt|fallback|text)=(?:"([^"]*[a-z] ?[^"]*)"|\{`([^`]*)`\})/g),
    ];
    expect([...shown, ...named.map(([, plain, made]) => plain ?? made)].filter(Boolean)).toEqual([]);
    // A sentence as a text of its own.
    const sentences = ENGINEERS.has(name)
      ? []
      : [...source.matchAll(/["`]([A-Z][a-z’']+ [a-z][^"`\n]{3,})["`]/g)].map(([, words]) => words);
    expect(sentences).toEqual([]);
  });

  it("A-54, A-55: shows texts as texts, links and pictures of others never", () => {
    expect(source).not.toMatch(
      /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|<img\b(?![^>]*\balt=)|href=\{[^}]*\b(help|text|description)\b/,
    );
  });

  it("knows no left and right", () => {
    // `-translate-x-1/2` centres, with its counterpart for right-to-left beside it.
    const sided = source.match(
      /(?<![\w-])-?(?:m|p)[lr]-[\w[]+|(?<![\w-])-?(?:left|right)-[\w[]+|\b(?:text|float)-(?:left|right)\b|\b(?:rounded|border)-[lr]\b/g,
    );
    expect(sided ?? []).toEqual([]);
  });
});
