import type { Manifest } from "#server/runtime/manifest";
import { openAccount } from "#server/simulator/from-manifest/account";
import { withVariants } from "#server/simulator/from-manifest/world";
import { identifies, obeysRule, readsBudget, readsRemaining, readsWait, seesLogin, seesPages, waits, wantsSuccess } from "./answer-proofs";
import { claimsOfMethod } from "./auth-proofs";
import type { Bench } from "./bench";
import { keepsBucket, keepsConcurrency } from "./limit-proofs";
import { OBJECT } from "./object-proofs";
import { type Said, webhookClaims } from "./webhook-claims";
import { acts, findsNothing, type Samples } from "./write-proofs";

type ObjectSpec = Manifest["objects"][string];
/** One claim of a manifest and what shows it: by which way of signing in, and with which answers of the connect form. */
export type Proof = {
  claim: string;
  title: string;
  auth: string;
  answers: Record<string, string>;
  /** The manifest with limits that a few records reach. */
  scaled?(manifest: Manifest): Manifest;
  run(bench: Bench, samples: Samples): Promise<void>;
};

/** An object as the form's examples have it, and as each variant does. */
function variantsOf(
  spec: ObjectSpec,
  method: Manifest["auth"][string],
): { spec: ObjectSpec; answers: Record<string, string>; suffix: string }[] {
  const asked = [
    { answers: {}, suffix: "" },
    ...spec.variants.map(({ when }) => ({ answers: { [when.field]: when.is }, suffix: `[${when.field}=${when.is}]` })),
  ];
  return asked.map((one) => ({ ...one, spec: withVariants(spec, openAccount(method, one.answers).values) }));
}

function objectProofs(manifest: Manifest, auth: string): Proof[] {
  return Object.entries(manifest.objects).flatMap(([key, object]) =>
    variantsOf(object, manifest.auth[auth] as Manifest["auth"][string]).flatMap(({ spec, answers, suffix }) =>
      OBJECT.filter((one) => one.claimed(spec, manifest) && (suffix === "" || /^(?:list|loop|changes|again)$/.test(one.name))).map(
        ({ name, title, run, scaled }): Proof => ({
          claim: `${key}.${name}${suffix}`,
          title: `${object.title}: ${title}`,
          auth,
          answers,
          ...(scaled ? { scaled: (given: Manifest) => scaled(given, key) } : {}),
          run: async (bench, samples) => void (await run(bench, key, samples)),
        }),
      ),
    ),
  );
}

const actionProofs = (manifest: Manifest, auth: string): Proof[] =>
  Object.entries(manifest.actions).flatMap(([key, action]) => {
    const done = {
      claim: `actions.${key}`,
      title: `${action.title}: done, and not twice`,
      auth,
      answers: {},
      run: (bench: Bench) => acts(bench, key),
    };
    const none = {
      claim: `actions.${key}.none`,
      title: `${action.title}: nothing found is no error`,
      auth,
      answers: {},
      run: (bench: Bench) => findsNothing(bench, key),
    };
    return action.none.length > 0 ? [done, none] : [done];
  });

const stated = (said: readonly Said[], auth: string): Proof[] =>
  said
    .filter((one) => one.claimed ?? true)
    .map(({ claim, title, run }) => ({ claim, title, auth, answers: {}, run: (bench) => run(bench) }));

/** Ways of signing in that have something to ask with. */
const isAsked = ({ check, objects }: Manifest): boolean =>
  check !== undefined || Object.values(objects).some(({ list }) => list !== undefined);

const authProofs = (manifest: Manifest): Proof[] =>
  Object.entries(manifest.auth).flatMap(([key, method]) => stated(claimsOfMethod(key, method, isAsked(manifest)), key));

function answerProofs(manifest: Manifest, auth: string): Proof[] {
  const { errors, success, rateLimit } = manifest.http;
  if (!isAsked(manifest)) return [];
  const rules = errors.map((rule, n) => ({
    claim: `errors.${n}`,
    title: `an answer that means ${rule.code} is known`,
    run: (bench: Bench) => obeysRule(bench, n),
  }));
  const readers = rateLimit.readers.map((_, n) => ({
    claim: `limits.readers.${n}`,
    title: "the wait is read",
    run: (bench: Bench) => readsWait(bench, n),
  }));
  const remaining = rateLimit.remaining.map((_, n) => ({
    claim: `limits.remaining.${n}`,
    title: "what is left is read",
    run: (bench: Bench) => readsRemaining(bench, n),
  }));
  const buckets = rateLimit.buckets.map(({ name, scope }, n) => ({
    claim: `limits.buckets.${n}`,
    title: `the limit "${name}" of each ${scope} is kept`,
    run: (bench: Bench) => keepsBucket(bench, n),
  }));
  const { app, account } = rateLimit.concurrency;
  return stated(
    [
      ...buckets,
      {
        claim: "limits.concurrency",
        title: "no more at once than may be",
        claimed: app !== undefined || account !== undefined,
        run: keepsConcurrency,
      },
      { claim: "identify", title: "the account is told apart", run: identifies },
      ...rules,
      { claim: "success", title: "an answer that does not say it is fine is an error", claimed: success !== undefined, run: wantsSuccess },
      { claim: "answers.html", title: 'a page for people is never "no records"', run: seesPages },
      { claim: "answers.login", title: "a redirect to a login is a refused credential", run: seesLogin },
      { claim: "limits.wait", title: '"too many" is heard, with its wait', run: waits },
      { claim: "limits.budget", title: "the budget is read", claimed: rateLimit.budget !== undefined, run: readsBudget },
      ...readers,
      ...remaining,
    ],
    auth,
  );
}

/** Everything a manifest claims, each with its proof. */
export function proofsOf(manifest: Manifest): Proof[] {
  const [auth = ""] = Object.keys(manifest.auth);
  return [
    ...authProofs(manifest),
    ...answerProofs(manifest, auth),
    ...objectProofs(manifest, auth),
    ...actionProofs(manifest, auth),
    ...stated(webhookClaims(manifest), auth),
  ];
}
