import type { ObjectKind } from "../world/object-kind";
import { LOYALTY_TIERS } from "../world/words";

/** How the simulated HubSpot describes one property. */
export type Field = {
  name: string;
  label: string;
  type: "string" | "number" | "datetime" | "enumeration";
  readOnly?: true;
  custom?: true;
  options?: readonly string[];
};

const text = (name: string, label: string): Field => ({ name, label, type: "string" });
const shared: Field[] = [
  { name: "createdate", label: "Create date", type: "datetime", readOnly: true },
  { name: "hs_object_id", label: "Record ID", type: "number", readOnly: true },
];
const modified = (name: string): Field => ({ name, label: "Last modified date", type: "datetime", readOnly: true });

export const FIELDS: Readonly<Record<ObjectKind, readonly Field[]>> = {
  contacts: [
    ...shared,
    modified("lastmodifieddate"),
    text("address", "Street address"),
    text("city", "City"),
    text("company", "Company name"),
    text("country", "Country"),
    text("email", "E-mail"),
    text("firstname", "First name"),
    { name: "hs_lead_status", label: "Lead status", type: "enumeration" },
    { name: "hubspot_owner_id", label: "Owner", type: "enumeration" },
    text("jobtitle", "Job title"),
    text("lastname", "Last name"),
    { name: "lifecyclestage", label: "Lifecycle stage", type: "enumeration" },
    { name: "loyalty_tier", label: "Loyalty tier", type: "enumeration", custom: true, options: LOYALTY_TIERS },
    text("phone", "Phone number"),
    text("state", "State"),
    text("website", "Website"),
    text("zip", "Postal code"),
  ],
  companies: [
    ...shared,
    modified("hs_lastmodifieddate"),
    { name: "annualrevenue", label: "Annual revenue", type: "number" },
    text("city", "City"),
    text("country", "Country"),
    text("domain", "Domain"),
    { name: "industry", label: "Industry", type: "enumeration" },
    text("name", "Name"),
    { name: "numberofemployees", label: "Number of employees", type: "number" },
    text("phone", "Phone number"),
    text("state", "State"),
    text("website", "Website"),
    text("zip", "Postal code"),
  ],
  deals: [
    ...shared,
    modified("hs_lastmodifieddate"),
    { name: "amount", label: "Amount", type: "number" },
    { name: "closedate", label: "Close date", type: "datetime" },
    text("dealname", "Deal name"),
    { name: "dealstage", label: "Deal stage", type: "enumeration" },
    { name: "dealtype", label: "Deal type", type: "enumeration" },
    { name: "hubspot_owner_id", label: "Owner", type: "enumeration" },
    { name: "pipeline", label: "Pipeline", type: "enumeration" },
  ],
};

const OWN = /^own_field_([1-9]\d{0,3})$/;

/** The number of a made-up property of an account's own; 0 = it is none. */
export const ownNumber = (name: string): number => Number(OWN.exec(name)?.[1] ?? 0);

/** An account's made-up properties of its own: `own_field_1` to as many as there are. */
export const ownFields = (count: number): Field[] =>
  Array.from({ length: count }, (_, n) => ({ name: `own_field_${n + 1}`, label: `Own field ${n + 1}`, type: "string", custom: true }));

/** Properties HubSpot returns when none are asked for. */
export const DEFAULT_FIELDS: Readonly<Record<ObjectKind, readonly string[]>> = {
  contacts: ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"],
  companies: ["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"],
  deals: ["amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"],
};

export function modifiedField(kind: ObjectKind): string {
  return kind === "contacts" ? "lastmodifieddate" : "hs_lastmodifieddate";
}

/** The property under the name it goes by now, with a label to match. */
export function underItsName(field: Field, renamed: ReadonlyMap<string, string>): Field {
  const name = renamed.get(field.name);
  if (name === undefined) return field;
  const words = name.replaceAll("_", " ");
  return { ...field, name, label: words.charAt(0).toUpperCase() + words.slice(1) };
}

/** A property as `GET /crm/v3/properties/{object}` describes it. */
export function describeField(field: Field, kind: ObjectKind): Record<string, unknown> {
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    fieldType: field.type === "datetime" ? "date" : field.type === "enumeration" ? "select" : field.type === "number" ? "number" : "text",
    description: "",
    groupName: `${kind === "companies" ? "company" : kind.slice(0, -1)}information`,
    options: (field.options ?? []).map((value, n) => ({
      label: value.charAt(0).toUpperCase() + value.slice(1),
      value,
      displayOrder: n,
      hidden: false,
    })),
    displayOrder: -1,
    calculated: false,
    externalOptions: field.name === "hubspot_owner_id",
    hasUniqueValue: false,
    hidden: false,
    hubspotDefined: field.custom !== true,
    formField: field.type === "string",
    dataSensitivity: "non_sensitive",
    modificationMetadata: { archivable: true, readOnlyDefinition: field.custom !== true, readOnlyValue: field.readOnly === true },
  };
}
