import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { usingDatabase } from "#tests/support/database";
import { createCustomer, createScene, customerCtx, memberCtx, type Scene } from "#tests/support/world";
import { dismissRequest } from "./dismiss-request";
import { listOwnRequests, listRequests } from "./list-requests";
import { requestIntegration, requestKey } from "./request-integration";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let other: Scene;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  scene = await createScene(owner);
  other = await createScene(owner, { name: "Other" });
});

test("one wish, however it is written; one voice a customer; nobody sees another's", async () => {
  const second = await createCustomer(owner, scene.environment, "Initech");
  const [one, two, stranger] = [customerCtx(deps, scene), customerCtx(deps, scene, second), customerCtx(deps, other)];
  await requestIntegration(one, { name: "  Tool-Box  " });
  await requestIntegration(one, { name: "toolbox" });
  await requestIntegration(two, { name: "Toolbox" });
  await requestIntegration(two, { name: "Zoho  CRM" });
  await requestIntegration(stranger, { name: "Toolbox" });
  expect(await listOwnRequests(one)).toEqual(["Tool-Box"]);
  const wanted = await listRequests(memberCtx(deps, scene));
  expect(wanted.map(({ key, votes, customers }) => [key, votes, customers.length])).toEqual([
    ["toolbox", 2, 2],
    ["zohocrm", 1, 1],
  ]);
  expect(wanted[1]?.name).toBe("Zoho CRM");

  await dismissRequest(memberCtx(deps, scene), { key: "toolbox" });
  expect((await listRequests(memberCtx(deps, scene))).map(({ key }) => key)).toEqual(["zohocrm"]);
  expect(await listRequests(memberCtx(deps, other))).toHaveLength(1);
  await expect(dismissRequest(memberCtx(deps, scene), { key: "toolbox" })).rejects.toMatchObject({ code: "not_found" });
});

test("names in any script keep their letters; a customer's wishes have an end", async () => {
  expect(requestKey("Ünïcode 会計")).toBe("unicode会計");
  expect(requestKey("++")).toBe("++");
  const ctx = customerCtx(deps, other);
  for (let n = 1; n < 50; n++) await requestIntegration(ctx, { name: `Tool ${n}` });
  await expect(requestIntegration(ctx, { name: "One more" })).rejects.toMatchObject({ code: "quota_exceeded" });
});
