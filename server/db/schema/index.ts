export * from "./catalogue";
export * from "./connections";
export * from "./customers";
export * from "./identity";
export * from "./mails";
export * from "./records";
export * from "./streams";
export * from "./webhooks";
