import { expect, test } from "#tests/support/e2e";

// Wrong input gets its own clear answer, at each door.

type Problem = { status: number; code: string; detail: string };

async function ask(url: string, init: RequestInit = {}): Promise<Problem> {
  const response = await fetch(url, init);
  return { ...((await response.json()) as Problem), status: response.status };
}

test("the API says what is wrong with a request", async ({ product }) => {
  const { origin, secretKey } = product;
  const key = { authorization: `Bearer ${secretKey}` };
  const json = { ...key, "content-type": "application/json" };
  const mint = (body: string) => ask(`${origin}/v1/embed-sessions`, { method: "POST", headers: json, body });

  expect(await ask(`${origin}/v1/records`)).toMatchObject({ status: 401, code: "unauthenticated" });
  expect(await ask(`${origin}/v1/records`, { headers: { authorization: "Bearer sk_test_nobody" } })).toMatchObject({ status: 401 });
  expect(await ask(`${origin}/v1/customers/cus_00000000000000000000`, { headers: key })).toMatchObject({ status: 404, code: "not_found" });
  expect(await mint("{")).toMatchObject({ status: 400, code: "invalid" });
  expect(await mint('{"customer":{}}')).toMatchObject({ status: 400, code: "invalid" });
  expect(await ask(`${origin}/v1/no-such-thing`, { headers: key })).toMatchObject({ status: 404 });
});

test("the frame's door refuses a token nobody minted, and pages of strangers may not frame it", async ({ product }) => {
  const input = encodeURIComponent(JSON.stringify({ "0": { json: null, meta: { values: ["undefined"] } } }));
  const response = await fetch(`${product.origin}/api/trpc/embed/session.bootstrap?batch=1&input=${input}`, {
    headers: { authorization: "Bearer ems_test_nobody" },
  });
  expect(await response.text()).toContain("unauthenticated");

  const frame = await fetch(`${product.origin}/embed/pk_test_acmecrmdemo`);
  const policy = frame.headers.get("content-security-policy") ?? "";
  expect(policy).toContain(`frame-ancestors ${product.demoOrigin}`);
  expect((await fetch(`${product.origin}/embed/pk_test_nobody`)).status).toBe(404);
});

test("a dashboard page asks for sign-in first", async ({ page, product }) => {
  await page.goto(`${product.origin}/customers`);
  await expect(page).toHaveURL(/\/sign-in/);
});
