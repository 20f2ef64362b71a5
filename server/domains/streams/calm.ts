/** What can be asked for again and again (by calls of the third party, or by a hand on a button) begins a run no more often than this; what is asked meanwhile goes with the next. */
export const CALM_MS = 2_000;
