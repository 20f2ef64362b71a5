import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./paths.mjs";
import { Stop } from "./progress.mjs";

const FOLDER = path.join(ROOT, "node_modules/postgres/src");

/**
 * postgres.js 3.4.9 does not survive a server that dies with a small statement still unsent: the deferred write meets a socket that
 * is gone and ends the whole process, or stays marked as under way, and the connection never sends anything again
 * (github.com/porsager/postgres issues 1154 and 1208; open). What was unsent is forgotten when the line closes, and whoever waits for
 * it is told. Nor does it survive a line that is reset: a statement sent between the error and the end of the line is neither
 * answered nor refused, and its connection is lost to the pool for good. It is refused as the line closes.
 * To be taken out again with a version that does so itself.
 */
const CHANGES = [
  {
    from: "    const x = socket.write(chunk, fn)\n",
    to: `    if (socket === null) {
      nextWriteTimer !== null && clearImmediate(nextWriteTimer)
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options, socket))
      return false
    }
    const x = socket.write(chunk, fn)
`,
  },
  {
    from: `    incomings = null
    clearImmediate(nextWriteTimer)
`,
    to: `    incomings = null
    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
`,
  },
  {
    from: "    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))\n",
    to: `    ;(query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
    query = null
`,
  },
];

/** The text of the driver's connection.js with {@link CHANGES}; stops the build when it is not the text they were made for. */
export function mendDriver(text) {
  return CHANGES.reduce((before, { from, to }) => {
    if (before.split(from).length !== 2)
      throw new Stop(
        "the Postgres driver is not the one that scripts/lib/driver-patch.mjs mends",
        "Look whether its version has the fault still: take the patch out, or fit it.",
      );
    return before.replace(from, () => to);
  }, text);
}

/** Takes the driver into our bundles, mended; all other packages stay outside. */
export const mendedDriver = {
  name: "mended-driver",
  setup(build) {
    build.onResolve({ filter: /^postgres$/ }, () => ({ path: path.join(FOLDER, "index.js") }));
    build.onLoad({ filter: /node_modules[\\/]postgres[\\/]src[\\/]connection\.js$/ }, ({ path: file }) => ({
      contents: mendDriver(readFileSync(file, "utf8")),
      loader: "js",
    }));
  },
};
