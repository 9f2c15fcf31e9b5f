/** For all windows, or for this one alone until it is closed. */
type Kept = 'local' | 'session';

const storageOf = (kept: Kept): Storage => (kept === 'local' ? localStorage : sessionStorage);

/** What the browser keeps for this page; a closed or full storage only forgets. */
export function readStored<T>(
  key: string,
  accept: (value: unknown) => value is T,
  fallback: T,
  kept: Kept = 'local',
): T {
  try {
    const value: unknown = JSON.parse(storageOf(kept).getItem(`mle.${key}`) ?? 'null');
    return accept(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

export function writeStored(key: string, value: unknown, kept: Kept = 'local'): void {
  try {
    storageOf(kept).setItem(`mle.${key}`, JSON.stringify(value));
  } catch {
    // Private windows and full disks: the setting lasts as long as the page.
  }
}

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
export const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
export const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
