import type { Exchange } from "../exchange";
import type { Simulation } from "../simulation";
import { errorPage } from "./error-page";
import { sendPage } from "./layout";

export async function screen(_sim: Simulation, x: Exchange, _pathname: string): Promise<void> {
  sendPage(x, 404, errorPage("Not found", "There is nothing at this address."));
}
