import { expect, test } from "vitest";
import { getManifest } from "#server/connectors/index";

// Every operation of the partner WSDL has soapAction="", and a server made of that WSDL refuses another.
test("the sign-in names the action that the WSDL names: none", () => {
  const { login } = getManifest("salesforce-soap").auth;
  if (login?.type !== "login") throw new Error("signs in otherwise");
  expect(login.steps.map(({ call }) => call.headers["soapaction"])).toEqual(['""']);
});
