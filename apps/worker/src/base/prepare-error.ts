/** Why the files of a run are not there, as a sentence for the person who started it. */
export class PrepareError extends Error {}
