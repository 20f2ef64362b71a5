import type { NextConfig } from "next";

const config: NextConfig = {
  // In development the demo page is the same server under its other name.
  allowedDevOrigins: ["localhost", "127.0.0.1"],
  poweredByHeader: false,
  // The lean door answers /v1 itself; this is for whoever runs plain `next start`. Files in public/v1 come first.
  rewrites: async () => ({ afterFiles: [{ source: "/v1/:path*", destination: "/api/v1/:path*" }] }),
  // Types are checked by `npm run verify`; here they would only make the first start on a fresh machine wait longer.
  typescript: { ignoreBuildErrors: true },
  // Native code, dynamic requires, or state that must exist once per process: loaded by Node, never bundled.
  serverExternalPackages: ["postgres", "pino", "nodemailer", "@temporalio/client", "@temporalio/common", "undici", "oidc-provider"],
};

export default config;
