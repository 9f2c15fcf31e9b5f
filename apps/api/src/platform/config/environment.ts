/** The process's environment: read here, and nowhere else. */
export const environment = (): NodeJS.ProcessEnv => process.env;
