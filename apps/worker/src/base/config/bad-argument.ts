/**
 * An argument, file or variable that the worker cannot start with; the message is a sentence for the person who gave
 * it.
 */
export class BadArgument extends Error {}
