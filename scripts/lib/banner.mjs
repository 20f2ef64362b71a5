import path from "node:path";

/** Where to click, in at most 15 lines. */
export function banner(info, readyAfterMs) {
  const rows = [
    ["Set up", info.setupLink, "works once: names your product and its owner"],
    ["Demo product", info.demoOrigin && `${info.demoOrigin}/demo`, "its customers connect their accounts here"],
    ["Dashboard", info.origin, "for the vendor's team; sign in with one click in the demo"],
    ["Third party", info.simulatorOrigin && `${info.simulatorOrigin}/`, "the simulated accounts: look at their data, change it"],
    [
      "API",
      `${info.origin}/v1/openapi.json`,
      info.secretKey ? `secret key: "demoSecretKey" in ${path.join(path.dirname(info.logs), "secrets.json")}` : "",
    ],
    ["Temporal", info.temporalUi, "every workflow as it runs"],
    ["Logs", info.logs, ""],
  ].filter(([, where]) => where);
  const width = Math.max(...rows.map(([, where]) => where.length));
  return [
    "",
    `Inlay is ready after ${Math.max(1, Math.round(readyAfterMs / 1000))} s.`,
    "",
    ...rows.map(([name, where, what]) => `  ${name.padEnd(13)} ${where.padEnd(width)}  ${what}`.trimEnd()),
    "",
    "Ctrl-C ends it.",
  ].join("\n");
}
