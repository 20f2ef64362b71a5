import { afterEach, expect, it, vi } from "vitest";
import { exchangeSigned, isSigned } from "./signed-token";

afterEach(() => vi.unstubAllGlobals());

it("tells a JWT from a session's token", () => {
  expect(isSigned("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJnbG9iZXgifQ.c2ln")).toBe(true);
  expect(isSigned("eyJhbGciOiJub25lIn0.eyJzdWIiOiJnbG9iZXgifQ.")).toBe(true); // refused by the server, in words
  expect(isSigned("ems_test_0123456789")).toBe(false);
  expect(isSigned("")).toBe(false);
});

it.each([
  ["a refusal in words", new Response('{"detail":"This token expired."}', { status: 401 }), "The JWT was refused. This token expired."],
  ["a page that is no JSON", new Response("<html>", { status: 503 }), "The JWT was refused. The server answered 503."],
  ["no answer", null, "The JWT could not be exchanged: the server was not reached."],
])("%s reaches the engineer, and no token the frame", async (_, answer, words) => {
  vi.stubGlobal("fetch", () => (answer ? Promise.resolve(answer) : Promise.reject(new TypeError("offline"))));
  const told: string[] = [];
  expect(await exchangeSigned("pk_test_1", "a.b.c", "https://acme.example", (problem) => told.push(problem))).toBe("");
  expect(told).toEqual([words]);
});
