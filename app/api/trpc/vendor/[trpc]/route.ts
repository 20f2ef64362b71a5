import { getDeps } from "#server/deps";
import { serveVendor } from "#server/trpc/serve";

export const dynamic = "force-dynamic";

const handle = (request: Request) => serveVendor(getDeps(), request);

export { handle as GET, handle as POST };
