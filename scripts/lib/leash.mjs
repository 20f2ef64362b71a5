// Preloaded into our Node children: when the supervisor is gone (even by kill -9), end in an orderly way instead of
// running on unseen.
if (process.channel) {
  process.channel.unref();
  process.once("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), 10_000).unref();
  });
}
