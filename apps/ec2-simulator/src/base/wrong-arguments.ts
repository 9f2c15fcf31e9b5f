/** Wrong use of the command; its message is for the user. */
export class WrongArguments extends Error {}
