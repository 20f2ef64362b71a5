import { getDeps } from "#server/deps";
import { serveEmbed } from "#server/trpc/serve";

export const dynamic = "force-dynamic";

const handle = (request: Request) => serveEmbed(getDeps(), request);

export { handle as GET, handle as POST };
