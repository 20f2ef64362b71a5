export * from "./schema/catalogue";
export * from "./schema/connections";
export * from "./schema/customers";
export * from "./schema/identity";
export * from "./schema/mails";
export * from "./schema/records";
export * from "./schema/streams";
export * from "./schema/webhooks";
