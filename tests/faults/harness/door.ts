// The public API and the hot doors in a process of their own, without Next: `/v1/*`, calls of third parties, health. Tells its port.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDeps } from "#server/deps";
import { getEnv } from "#server/env";
import { createDoor } from "#server/http/door";

const env = getEnv();
const server = createServer(createDoor(createDeps(env, "web"), env, async (_, outgoing) => void outgoing.writeHead(404).end()));
server.listen(env.port, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit(0));
