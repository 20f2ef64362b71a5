import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { createAuthOptions } from "#server/auth/options";
import { getDeps } from "#server/deps";
import { getEnv } from "#server/env";

type Route = { params: Promise<{ nextauth: string[] }> };

const handle = (request: NextRequest, route: Route): Promise<Response> =>
  NextAuth(request, route, createAuthOptions(getDeps(), getEnv())) as Promise<Response>;

export { handle as GET, handle as POST };
