import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import { defaultControls } from "./control/state";
import { emptyStats } from "./control/stats";
import { createProvider } from "./oauth/provider";
import { createTokenStore } from "./oauth/store";
import { createRouter } from "./router";
import type { SimulatorSettings } from "./settings";
import type { Simulation } from "./simulation";
import { createWorld, DEFAULT_SIZES, type Sizes } from "./world/world";

export type Simulator = { origin: string; stop(): Promise<void> };

/** Cookie keys live as long as anything in the token store. */
const FOREVER = Number.MAX_SAFE_INTEGER;

/**
 * Starts the simulated third-party systems on 127.0.0.1. Rejects when the port is taken. `stop()` ends open connections and closes the journals.
 * Without options: a free port, nothing kept on disk, seed 1.
 */
export async function startSimulator(options: Partial<SimulatorSettings> & { sizes?: Sizes } = {}): Promise<Simulator> {
  const { port = 0, stateDir = null, seed = 1, appOrigin = null, sizes = DEFAULT_SIZES } = options;
  let open: (router: ReturnType<typeof createRouter>) => void = () => undefined;
  const opened = new Promise<ReturnType<typeof createRouter>>((resolve) => {
    open = resolve;
  });
  // The port is needed to name the issuer, so requests may come before there is a router; they wait.
  const server = createServer(
    { keepAliveTimeout: 60_000, requestTimeout: 30_000 },
    (req, res) => void opened.then((router) => router(req, res)),
  );
  const origin = `http://127.0.0.1:${await listen(server, port)}`;
  const tokens = createTokenStore(stateDir);
  const sim: Simulation = {
    world: createWorld({ seed, sizes, stateDir }),
    tokens,
    controls: defaultControls(),
    stats: emptyStats(),
    windows: new Map(),
    made: new Map(),
  };
  const stored = tokens.get("Keys", "cookies")?.["jti"];
  const cookieKey = stored ?? randomBytes(32).toString("base64url");
  if (!stored) tokens.put("Keys:cookies", { jti: cookieKey }, FOREVER);
  open(createRouter(sim, await createProvider(sim, { origin, appOrigin, cookieKeys: [cookieKey] })));
  return {
    origin,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      sim.world.close();
      sim.tokens.close();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      if (address && typeof address === "object") resolve(address.port);
      else reject(new Error("The simulator has no port."));
    });
  });
}
