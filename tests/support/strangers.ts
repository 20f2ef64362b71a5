import { DATA } from "./strangers-data";
import { BUSINESS } from "./strangers-erp";
import { OTHERS } from "./strangers-health";
import { SELLING } from "./strangers-selling";
import { SHOPS } from "./strangers-web";
import { WRAPPED } from "./strangers-wrapped";

/** Systems that are in no list of ours, as somebody who knows them would write them down. */
export const STRANGERS = [...BUSINESS, ...SHOPS, ...OTHERS, ...DATA, ...SELLING, ...WRAPPED];
