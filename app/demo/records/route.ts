import { getDeps } from "#server/deps";
import { getEnv } from "#server/env";
import { demoOf } from "#server/http/demo-request";

type Page = { items: { id: string }[] };
type Changes = { items: unknown[]; latest: number };

const SHOWN = 10;

/** Stands for the vendor's own backend: reads its customer's records and newest changes with the secret key. */
export async function GET(request: Request): Promise<Response> {
  const demo = demoOf(request);
  if (!demo) return new Response(null, { status: 404 });
  const read = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${getEnv().origin}${path}`, {
      headers: { authorization: `Bearer ${demo.secretKey}` },
      cache: "no-store",
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as T;
  };
  const asked = new URL(request.url).searchParams;
  const externalId = asked.get("customer") ?? "globex";
  const model = asked.get("model");
  try {
    const customers = await read<Page>(`/v1/customers?externalId=${encodeURIComponent(externalId)}`);
    const customer = customers.items[0]?.id;
    if (!customer) return Response.json({ records: [], changes: [], latest: 0 });
    const { latest } = await read<Changes>(`/v1/changes?after=0&limit=1`);
    const [records, changes] = await Promise.all([
      read<Page>(`/v1/records?customer=${customer}&limit=${SHOWN}${model ? `&model=${encodeURIComponent(model)}` : ""}`),
      read<Changes>(`/v1/changes?after=${Math.max(0, latest - SHOWN)}&limit=${SHOWN}&customer=${customer}`),
    ]);
    return Response.json({ records: records.items, changes: changes.items, latest }, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    getDeps().log.warn({ err: error }, "the demo's vendor could not read its records");
    return Response.json({ error: "The API did not answer." }, { status: 502 });
  }
}
