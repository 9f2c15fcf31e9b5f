/** What cannot be run, as a sentence that says what can. */
export class NotRunnable extends Error {}
