import { DrizzleAdapter } from "@auth/drizzle-adapter";
import { and, eq, isNull, sql } from "drizzle-orm";
import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import EmailProvider from "next-auth/providers/email";
import { accounts, members, sessions, users, verificationTokens } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import { DEMO_MEMBER } from "#server/domains/demo/seed";
import type { Env } from "#server/env";
import type { Deps } from "#server/lib/context";
import { createMailLimit, type MailLimit } from "./mail-limit";
import { findMember } from "./member";
import { sendMail } from "./send-mail";

/** Whom the demo knows: told on its sign-in page. */
export const DEMO_EMAIL: string = DEMO_MEMBER;

const LINK_LIFE_S = 15 * 60;
export const SESSION_LIFE_S = 7 * 24 * 3_600;

const mailText = (url: string) =>
  `Open this link within 15 minutes to sign in to Inlay:\n\n${url}\n\nIf you did not ask for it, ignore this message; nobody can sign in without it.`;

/** One for each process; the options are made anew for every request. */
const limits = new WeakMap<Deps, MailLimit>();

function limitOf(deps: Deps): MailLimit {
  const limit = limits.get(deps) ?? createMailLimit({ most: 5, withinMs: LINK_LIFE_S * 1_000 });
  limits.set(deps, limit);
  return limit;
}

/** Whoever is no member gets no mail, and nobody is sent more than a few: an address here is not a way to flood it. */
async function mailLink(deps: Deps, env: Env, to: string, url: string): Promise<void> {
  const member = await findMember(deps, to, "test");
  if (!member || !limitOf(deps).takes(member.email.toLowerCase(), deps.clock.now().getTime())) return;
  await sendMail(deps, { url: env.smtpUrl, from: env.mailFrom }, { to, subject: "Sign in to Inlay", text: mailText(url) });
}

function emailProvider(deps: Deps, env: Env) {
  return EmailProvider({
    from: env.mailFrom,
    server: env.smtpUrl ?? "smtp://127.0.0.1:1", // never used: the sending is ours
    maxAge: LINK_LIFE_S,
    async sendVerificationRequest({ identifier, url }) {
      // Nothing is waited for: neither the answer nor how long it takes may tell who works here.
      mailLink(deps, env, identifier, url).catch((error: unknown) => deps.log.error({ err: error }, "a sign-in mail was not sent"));
    },
  });
}

/** One click, no mail: exists in the demo only. */
function demoProvider(deps: Deps) {
  return CredentialsProvider({
    id: "demo",
    name: `Sign in to the demo as ${DEMO_MEMBER}`,
    credentials: {},
    async authorize() {
      const member = await findMember(deps, DEMO_MEMBER, "test");
      return member ? { id: member.id, email: member.email, name: "Ada Admin" } : null;
    },
  });
}

/** next-auth's settings: e-mail link for members, sessions in an encrypted cookie, and nothing of it in the embed. */
export function createAuthOptions(deps: Deps, env: Env): NextAuthOptions {
  return {
    adapter: DrizzleAdapter(deps.db.system, {
      usersTable: users,
      accountsTable: accounts,
      sessionsTable: sessions,
      verificationTokensTable: verificationTokens,
    }) as NonNullable<NextAuthOptions["adapter"]>,
    secret: env.authSecret,
    session: { strategy: "jwt", maxAge: SESSION_LIFE_S },
    pages: { signIn: "/sign-in", verifyRequest: "/sign-in?sent=1", error: "/sign-in" },
    providers: [emailProvider(deps, env), ...(env.demo ? [demoProvider(deps)] : [])],
    callbacks: {
      async signIn({ user, email }) {
        if (email?.verificationRequest) return true;
        return Boolean(user.email && (await findMember(deps, user.email, "test")));
      },
      jwt: ({ token, user }) => (user?.email ? { ...token, email: user.email.toLowerCase(), name: user.name ?? null } : token),
    },
    events: {
      async signIn({ user, account }) {
        const { email } = user;
        if (account?.type !== "email" || !email) return;
        await asSystem(deps.db, "a person is tied to their membership", (tx) =>
          tx
            .update(members)
            .set({ userId: user.id })
            .where(and(eq(sql`lower(${members.email})`, email.toLowerCase()), isNull(members.userId))),
        );
      },
    },
    logger: {
      error: (code, metadata) => deps.log.error({ code, err: metadata instanceof Error ? metadata : undefined }, "sign-in failed"),
      warn: (code) => deps.log.warn({ code }, "sign-in warning"),
      debug: () => {},
    },
  };
}
