import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { givenFor } from "./report";

export type Contact = Record<string, string | null> & { Id: string; SystemModstamp: string };

type Answer = Record<string, unknown>;
type Operation = (args: Answer, callback: unknown, headers: { SessionHeader?: { sessionId?: string } } | undefined) => Answer;
type Client = {
  setEndpoint(address: string): void;
  addSoapHeader(header: object, name: string, prefix: string, namespace: string): void;
} & Record<`${"login" | "query" | "queryMore" | "create" | "update" | "delete"}Async`, (args: object) => Promise<[Answer, ...unknown[]]>>;
type Soap = {
  listen(server: unknown, options: object): unknown;
  createClientAsync(wsdl: string, options: object): Promise<Client>;
};

const ORGANISATION = "00D000000000001";
const SESSION = `${ORGANISATION}!session`;
const PAGE = 400;
const LOGIN = { username: "ada@harbour.example", password: "right-token" };

const fault = (code: string, text: string) => ({ Fault: { faultcode: `sf:${code}`, faultstring: `${code}: ${text}`, statusCode: 500 } });
const stamp = () => new Date().toISOString();

/** `SELECT a, b FROM Contact WHERE SystemModstamp >= x AND IsDeleted = true …`: the little of SOQL that is asked here. */
function select(rows: readonly (Contact & { gone?: boolean })[], soql: string, all: boolean) {
  const [, columns = "", type = "", rest = ""] = /^SELECT (.+?) FROM (\w+)\s*(.*)$/.exec(soql) ?? [];
  if (type !== "Contact") throw fault("INVALID_TYPE", `sObject type '${type}' is not supported`);
  const since = /SystemModstamp >= (\S+)/.exec(rest)?.[1];
  const found = rows
    .filter((row) => (all || !row.gone) && (!/IsDeleted = true/.test(rest) || row.gone))
    .filter((row) => since === undefined || Date.parse(row.SystemModstamp) >= Date.parse(since))
    .sort((a, b) => (/ORDER BY SystemModstamp/.test(rest) ? compare(a.SystemModstamp, b.SystemModstamp) : 0) || compare(a.Id, b.Id));
  const wanted = columns.split(", ").filter((column) => column !== "Id");
  // As Salesforce does: the id by nature, and once more because it was asked for.
  return found.map((row) => ({
    attributes: { "xsi:type": "sf:sObject" },
    type,
    Id: columns.split(", ").includes("Id") ? [row.Id, row.Id] : row.Id,
    ...Object.fromEntries(wanted.map((column) => [column, row[column] ?? null])),
  }));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Salesforce's partner API over a list of contacts: the WSDL is Salesforce's own, its messages are read and written by `soap`. */
export async function startPartnerApi(system: string, contacts: (Contact & { gone?: boolean })[]) {
  const given = givenFor(system);
  const soap = createRequire(path.join(given.npm, "package.json"))("soap") as Soap;
  const wsdl = gunzipSync(readFileSync(given.specs)).toString();
  const open = new Map<string, ReturnType<typeof select>>();

  const inSession =
    (work: (args: Answer) => Answer): Operation =>
    (args, _callback, headers) => {
      if (headers?.SessionHeader?.sessionId !== SESSION) throw fault("INVALID_SESSION_ID", "Invalid Session ID found in SessionHeader");
      return work(args);
    };
  const page = (rows: ReturnType<typeof select>, size: number) => {
    const rest = rows.slice(PAGE);
    const locator = `01g-${open.size + 1}`;
    if (rest.length > 0) open.set(locator, rest);
    return {
      result: { done: rest.length === 0, queryLocator: rest.length > 0 ? `${locator} ${size}` : null, records: rows.slice(0, PAGE), size },
    };
  };
  const find = (id: unknown) => contacts.find((row) => row.Id === id && !row.gone);
  const operations: Record<string, Operation> = {
    login({ username, password }) {
      if (username !== LOGIN.username || password !== LOGIN.password)
        throw fault("INVALID_LOGIN", "Invalid username, password, security token; or user locked out.");
      const at = (kind: string) => `https://harbour.my.salesforce.com/services/Soap/${kind}/64.0/${ORGANISATION}`;
      const known = {
        metadataServerUrl: at("m"),
        passwordExpired: false,
        sandbox: false,
        serverUrl: at("u"),
        sessionId: SESSION,
        userId: "005000000000001",
      };
      return { result: known };
    },
    getUserInfo: inSession(() => ({ result: { organizationId: ORGANISATION, organizationName: "Harbour & Söhne", userFullName: "Ada" } })),
    query: inSession(({ queryString }) => {
      const rows = select(contacts, String(queryString), false);
      return page(rows, rows.length);
    }),
    queryAll: inSession(({ queryString }) => {
      const rows = select(contacts, String(queryString), true);
      return page(rows, rows.length);
    }),
    queryMore: inSession(({ queryLocator }) => {
      const [locator = "", size] = String(queryLocator).split(" ");
      const rest = open.get(locator);
      if (!rest) throw fault("INVALID_QUERY_LOCATOR", "invalid query locator");
      return page(rest, Number(size));
    }),
    update: inSession(({ sObjects }) => {
      const [given] = [sObjects].flat() as Answer[];
      const row = find(given?.["Id"]);
      if (!row) throw fault("INVALID_ID_FIELD", "no such record");
      Object.assign(row, given, { SystemModstamp: stamp() });
      return { result: { id: row.Id, success: true } };
    }),
    create: inSession(({ sObjects }) => {
      const [given] = [sObjects].flat() as Answer[];
      const Id = `003${String(contacts.length).padStart(12, "0")}AAA`;
      contacts.push({ ...(given as Contact), Id, CreatedDate: stamp(), SystemModstamp: stamp() });
      return { result: { id: Id, success: true } };
    }),
    delete: inSession(({ ids }) => {
      const row = find([ids].flat()[0]);
      if (!row) throw fault("ENTITY_IS_DELETED", "entity is deleted");
      Object.assign(row, { gone: true, SystemModstamp: stamp() });
      return { result: { id: row.Id, success: true } };
    }),
  };

  const server = createServer((_request, response) => {
    response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  soap.listen(server, { path: /^\/services\/Soap\/u\/64\.0/, services: { SforceService: { Soap: operations } }, xml: wsdl });

  return {
    address,
    login: LOGIN,
    /** Somebody else than us: `soap`'s own client over the same WSDL, signed in. */
    async client() {
      const client = await soap.createClientAsync(wsdl, {});
      client.setEndpoint(`${address}/services/Soap/u/64.0`);
      const [{ result }] = await client.loginAsync(LOGIN);
      const { sessionId } = result as { sessionId: string };
      client.addSoapHeader({ SessionHeader: { sessionId } }, "", "tns", "urn:partner.soap.sforce.com");
      return client;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
