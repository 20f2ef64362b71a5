import { escapeXml } from "./xml";

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (value === undefined || value === "" ? [] : Array.isArray(value) ? value : [value]);

function valueXml(value: unknown): string {
  if (value === null || value === undefined) return "<nil/>";
  if (typeof value === "boolean") return `<boolean>${value ? 1 : 0}</boolean>`;
  if (typeof value === "number") return Number.isInteger(value) ? `<int>${value}</int>` : `<double>${value}</double>`;
  if (typeof value === "bigint") return `<i8>${value}</i8>`;
  if (typeof value === "string") return `<string>${escapeXml(value)}</string>`;
  if (Array.isArray(value)) return `<array><data>${value.map((one) => `<value>${valueXml(one)}</value>`).join("")}</data></array>`;
  const members = Object.entries(value).map(
    ([name, one]) => `<member><name>${escapeXml(name)}</name><value>${valueXml(one)}</value></member>`,
  );
  return `<struct>${members.join("")}</struct>`;
}

/** `{method, params: […]}` as an XML-RPC call. `params` may also be an object: its values, in order. */
export function xmlRpcCall(body: unknown): string {
  const { method = "", params = [] } = (isTree(body) ? body : {}) as { method?: string; params?: object };
  const given = Object.values(params).map((one) => `<param><value>${valueXml(one)}</value></param>`);
  return `<?xml version="1.0"?><methodCall><methodName>${escapeXml(method)}</methodName><params>${given.join("")}</params></methodCall>`;
}

function readValue(node: unknown): unknown {
  if (!isTree(node)) return node ?? "";
  const [type, inner] = Object.entries(node).find(([name]) => name !== "#text") ?? ["string", node["#text"] ?? ""];
  switch (type) {
    case "int":
    case "i4":
    case "i8":
    case "double": {
      const number = Number(inner);
      return String(inner).trim() === "" || (type !== "double" && !Number.isSafeInteger(number)) ? inner : number;
    }
    case "boolean":
      return String(inner).trim() === "1";
    case "nil":
      return null;
    case "array": {
      const data = isTree(inner) ? inner["data"] : undefined;
      return isTree(data) ? listOf(data["value"]).map(readValue) : [];
    }
    case "struct": {
      const members = isTree(inner) ? listOf(inner["member"]).filter(isTree) : [];
      return Object.fromEntries(members.map((member) => [String(member["name"]), readValue(member["value"])]));
    }
    default:
      return inner;
  }
}

/** An answer as `{result}` or `{fault: {faultCode, faultString}}`. Throws when it is neither. */
export function readXmlRpc(tree: Tree): Tree {
  const response = tree["methodResponse"];
  if (!isTree(response)) throw new Error("There is no XML-RPC answer.");
  const fault = response["fault"];
  if (isTree(fault)) return { fault: readValue(fault["value"]) };
  const params = response["params"];
  const [param] = isTree(params) ? listOf(params["param"]) : [];
  if (!isTree(param)) throw new Error("There is no XML-RPC answer.");
  return { result: readValue(param["value"]) };
}
