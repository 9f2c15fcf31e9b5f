/** Two logins never differ by case only. */
export const keyOfLogin = (login: string): string => login.normalize('NFC').toLowerCase();
