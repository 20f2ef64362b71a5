import type { CustomerCtx } from "#server/lib/context";
import { journey } from "./support/journey";
import { type Contact, startPartnerApi } from "./support/partner-api";
import { connectByForm, type Held, type Product } from "./support/product";
import { startRelay } from "./support/relay";

const FIELDS = ["Id", "LastName", "FirstName", "Email", "SystemModstamp"] as const;
const contact = (i: number): Contact => ({
  Id: `003${String(i).padStart(12, "0")}AAA`,
  LastName: `O'Neil & <Söhne> ${i}`,
  FirstName: i % 4 === 0 ? null : `Ada ${i}`,
  Email: `person-${i}@harbour.example`,
  CreatedDate: "2025-03-04T09:12:44.000Z",
  SystemModstamp: new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString(),
});
/** One text for what is absent, empty or nil: XML has three ways to say so. */
const textOf = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);

async function start(product: Product) {
  const relay = await startRelay();
  const { integrationId } = await product.integrate({ connector: "salesforce-soap", sandboxOrigin: relay.origin });
  const api = await startPartnerApi(
    "salesforce-soap",
    Array.from({ length: 1_150 }, (_, i) => contact(i)),
  );
  relay.to(api.address);
  const somebody = await api.client();
  const connect = (ctx: CustomerCtx, password: string) =>
    connectByForm(ctx, integrationId, { login: "login.salesforce.com", username: api.login.username, password });
  return {
    relay,
    version: "soap 1.13.0, partner WSDL",
    integrationId,
    object: "contact",
    label: "Harbour & Söhne",
    connect: (ctx: CustomerCtx) => connect(ctx, api.login.password),
    async truth() {
      type Page = { done: boolean; queryLocator: string; records: Record<string, unknown>[] };
      const found = new Map<string, Record<string, unknown>>();
      let [{ result }] = await somebody.queryAsync({ queryString: `SELECT ${FIELDS.join(", ")} FROM Contact ORDER BY Id` });
      for (;;) {
        const page = result as Page;
        for (const row of page.records) {
          const id = String([row["Id"]].flat()[0]);
          found.set(id, Object.fromEntries(FIELDS.map((name) => [name, name === "Id" ? id : textOf(row[name])])));
        }
        if (page.done) return found;
        [{ result }] = await somebody.queryMoreAsync({ queryLocator: page.queryLocator });
      }
    },
    source: ({ source }: Held) => {
      const row = JSON.parse(source) as Record<string, unknown>;
      return Object.fromEntries(FIELDS.map((name) => [name, textOf([row[name]].flat()[0])]));
    },
    mapped: (row: Record<string, unknown>) => ({ lastName: row["LastName"], firstName: row["FirstName"], email: row["Email"] }),
    async change() {
      const [made] = await somebody.createAsync({ sObjects: [{ type: "Contact", LastName: "New", Email: "new@harbour.example" }] });
      await somebody.updateAsync({ sObjects: [{ type: "Contact", Id: contact(77).Id, LastName: "Renamed" }] });
      await somebody.deleteAsync({ ids: [contact(78).Id] });
      return {
        changed: [contact(77).Id],
        made: [String(([made["result"]].flat()[0] as { id: string }).id)],
        gone: [contact(78).Id],
      };
    },
    wrong: { attempt: (ctx: CustomerCtx) => connect(ctx, "wrong-token"), code: "invalid", says: /does not accept what was entered/ },
    stop: () => api.stop(),
  };
}

journey("salesforce-soap", {
  start,
  notes: [
    "The WSDL is Salesforce's own and `soap` reads and writes its messages; what stands behind them, with the little SOQL that is asked, is ours.",
  ],
});
