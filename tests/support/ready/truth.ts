import { ANY } from "./any";
import { CRM } from "./crm";
import { DESK } from "./desk";
import { MONEY } from "./money";
import type { Truth } from "./oracle";
import { SHOP } from "./shop";

const ALL: Record<string, Truth> = { ...CRM, ...DESK, ...SHOP, ...MONEY, ...ANY };

/** What a stream of a ready template must take and give; one nobody has written down is a fault of the test. */
export function truthOf(useCase: string, connector: string, stream: string): Truth {
  const truth = ALL[`${useCase}/${connector}/${stream}`] ?? ALL[`${connector}/${stream}`];
  if (!truth) throw new Error(`nobody has written down what ${connector}/${stream} is to give`);
  return truth;
}
