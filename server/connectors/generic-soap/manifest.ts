import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";

const soap = { type: "soap" as const, version: "1.1" as const, namespace: "http://tempuri.org/" };
const path = "/{+service_path}";

const fields = [
  {
    key: "host",
    title: "Host",
    help: "The host of the service's address, without https://.",
    example: "soap.northwind.example",
    pattern: "[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.[a-z]{2,24}(?::[0-9]{2,5})?",
  },
  { key: "service_path", title: "Path", help: "What follows the host.", example: "services/orders.asmx", pattern: "[^?#{}\\s]{1,300}" },
  {
    key: "namespace",
    title: "Namespace",
    help: "The target namespace of the WSDL.",
    example: "http://northwind.example/orders",
    pattern: "[^{}<>\\s]{1,300}",
  },
  { key: "operation", title: "Operation that lists the records", example: "ListOrders", pattern: "[A-Za-z_][A-Za-z0-9_.-]{0,99}" },
  {
    key: "soap_action",
    title: "SOAPAction of that operation",
    example: "http://northwind.example/orders/ListOrders",
    pattern: '[^{}"\\s]{1,300}',
  },
  {
    key: "records",
    title: "Where the records are",
    help: "The elements below the body, joined by dots, down to the one that repeats.",
    example: "ListOrdersResponse.ListOrdersResult.Order",
    pattern: "[A-Za-z_][A-Za-z0-9_.-]{0,299}",
  },
  {
    key: "id_path",
    title: "Element with the record's id",
    help: "An attribute begins with @.",
    example: "Id",
    pattern: "@?[A-Za-z_][A-Za-z0-9_.-]{0,99}",
  },
];

const RECORD = fieldList("Id ID = 1001 | Name Name = Sample order | Status Status = open");

// For a service nobody has described yet. What it cannot say is in the README.
export default defineConnector({
  key: "generic-soap",
  name: "SOAP service",
  tagline: "Records of any SOAP 1.1 service, by one of its operations",
  description: "Reads the records that one operation of a SOAP service lists, and calls any of its operations on request.",
  categories: ["Generic"],
  docs: [
    { title: "SOAP 1.1", url: "https://www.w3.org/TR/2000/NOTE-SOAP-20000508/", readAt: "2026-11-21" },
    { title: "WSDL 1.1", url: "https://www.w3.org/TR/wsdl", readAt: "2026-11-21" },
  ],
  auth: {
    basic: {
      type: "api_key",
      title: "User and password",
      basic: { username: "{user}", password: "{password}" },
      fields: [...fields, { key: "user", title: "User name" }, { key: "password", title: "Password", secret: true }],
    },
    open: { type: "none", title: "No sign-in", fields },
  },
  identify: { account: "{host}/{service_path}#{operation}", label: "{host} {operation}" },
  check: { path, query: { wsdl: "" } },
  http: {
    baseUrl: "https://{host}",
    protocol: { type: "xml" },
    errorMessage: "Envelope.Body.Fault.faultstring",
    rateLimit: { defaultWaitMs: 30_000, concurrency: { account: 2 } },
  },
  pagination: { type: "none" },
  objects: {
    record: {
      title: "Records",
      protocol: soap,
      list: {
        method: "POST",
        path,
        headers: { soapaction: '"{soap_action}"' },
        body: { "{operation}": { "@xmlns": "{namespace}" } },
      },
      records: "Envelope.Body.{records}",
      id: "{id_path}",
      deletes: { by: "scan" },
      fields: RECORD.fields,
      sample: RECORD.sample,
    },
  },
  actions: {
    call: {
      title: "Call an operation",
      description: "Sends one operation with its parameters, and gives the body of the answer.",
      kind: "action",
      input: [
        { key: "action", title: "SOAPAction", type: "string", example: "http://northwind.example/orders/GetOrder" },
        {
          key: "body",
          title: "Operation",
          help: "The operation's element with its parameters, as JSON: attributes begin with @, a list repeats its element.",
          type: "object",
          required: true,
          example: { GetOrder: { "@xmlns": "http://northwind.example/orders", Id: "1001" } },
        },
      ],
      request: { method: "POST", path, headers: { soapaction: '"{action}"' }, body: "{body}", protocol: soap },
      result: "Envelope.Body",
      output: [{ path: "$", type: "object", title: "Body of the answer" }],
      sample: {
        input: { body: { GetOrder: { "@xmlns": "http://northwind.example/orders", Id: "1001" } } },
        answer: { Envelope: { Body: { GetOrderResponse: { Id: "1001", Status: "open" } } } },
      },
    },
  },
});
