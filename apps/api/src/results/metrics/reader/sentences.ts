import { metricWords } from '@mle/protocol';
import { ARTICLES, METRIC_ENDINGS, METRICS, STATISTICS, STOP_WORDS } from './vocabulary.js';

/** What is said of a number: its name, and the words of it that say what is measured. */
interface Said {
  name: string[];
  measure: string[];
}

const JOINTS = new Set(['of', 'for', 'on', 'over']);

/**
 * Of `Accuracy of the network on the test images` what comes before the sentence, and on what it was taken where that
 * is a phase, since a training prints one for each; of `Finished with final loss` what comes after.
 */
export function saidBy(words: string[], isPhase: (word: string) => boolean): Said {
  if (words.length < 2) return { name: words, measure: words };
  const lower = words.map((word) => word.toLowerCase());
  const joint = lower.findIndex((word) => JOINTS.has(word));
  if (joint > 0 && isSure(lower.slice(0, joint)) && !isSure(lower.slice(joint))) {
    const { name, measure } = saidBy(words.slice(0, joint), isPhase);
    const phase = lower.findIndex((word, at) => at > joint && isPhase(word));
    const from = phase < 0 ? words.length : lower.slice(0, phase).findLastIndex((word) => JOINTS.has(word));
    return { name: [...name, ...words.slice(from).filter((word) => !ARTICLES.has(word.toLowerCase()))], measure };
  }
  let end = words.length;
  while (end > 1 && STOP_WORDS.has(lower[end - 1] ?? '')) end--;
  let from = end;
  while (from > 0 && !STOP_WORDS.has(lower[from - 1] ?? '')) from--;
  // `Std of Reward` is no reward.
  if (lower[from - 1] === 'of' && STATISTICS.has(lower[from - 2] ?? '')) from -= 2;
  const name = words.slice(from, end);
  return { name, measure: name };
}

const isSure = (words: readonly string[]): boolean => words.some((word) => metricWords(word).some(isMetric));

export function isMetric(word: string): boolean {
  return (
    METRICS.has(word) ||
    METRICS.has(word.replace(/\d{1,9}$/, '')) ||
    METRIC_ENDINGS.some((ending) => word.endsWith(ending))
  );
}
