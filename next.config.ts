import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  // Native code, dynamic requires, or state that must exist once per process: loaded by Node, never bundled.
  serverExternalPackages: ["postgres", "pino", "nodemailer", "@temporalio/client", "@temporalio/common", "undici", "oidc-provider"],
};

export default config;
