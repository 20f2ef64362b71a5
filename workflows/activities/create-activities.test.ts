import { asyncLocalStorage, type Context } from "@temporalio/activity";
import type { Client } from "@temporalio/client";
import { expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { createActivities } from "./create-activities";

/** Claims a run with a database that fails with `fault`, as a local activity does. */
async function claimWith(fault: Error) {
  const said: unknown[] = [];
  const context = { log: { error: (message: string, meta: object) => void said.push({ message, ...meta }) } } as unknown as Context;
  const db = new Proxy(
    {},
    {
      get: () => {
        throw fault;
      },
    },
  );
  const { claimRun } = createActivities({ db, clock: { now: () => new Date() } } as unknown as Deps, {} as Client, AbortSignal.abort());
  const claim = () => claimRun({ vendorId: "v", environmentId: "e", customerId: "c", streamId: "s" } as never);
  const thrown: unknown = await asyncLocalStorage.run(context, claim).catch((error: unknown) => error);
  return { said, thrown };
}

test("an unexpected error of a local activity is logged, for the history does not have it", async () => {
  const fault = new TypeError("cannot read x of undefined");
  const { said, thrown } = await claimWith(fault);
  expect(thrown).toMatchObject({ type: "platform_error", message: expect.not.stringContaining("cannot read") });
  expect(said).toEqual([{ message: "activity failed", err: fault }]);
});

test("an error with a code is expected: it crosses and is not logged", async () => {
  const { said, thrown } = await claimWith(new AppError("not_found", "No such stream."));
  expect(thrown).toMatchObject({ type: "not_found" });
  expect(said).toEqual([]);
});
