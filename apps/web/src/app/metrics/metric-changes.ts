/** The record with one entry changed. */
export const changed = <T>(record: Readonly<Record<string, T>>, key: string, value: T): Record<string, T> => ({
  ...record,
  [key]: value,
});

/** The record without one entry. */
export const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([other]) => other !== key));
