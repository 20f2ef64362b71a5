/** Runs once when a Next server starts: a wrong environment stops it there, with every fault listed. */
export async function register(): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: Next's own switch between its runtimes
  if (process.env["NEXT_RUNTIME"] !== "nodejs") return;
  const { getEnv } = await import("#server/env");
  getEnv();
}
