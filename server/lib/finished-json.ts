/** An answer whose JSON is written already: a door sends `json` as it is, where it would have written one from the object. */
export abstract class FinishedJson {
  abstract readonly json: string;
}
