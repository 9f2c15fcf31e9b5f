import { type Effect, type Goal, shownValue, type Verdict } from '@mle/protocol';
import { type Finding, type Losses, sumOf } from './finding.js';
import { excludesZero } from './paired-difference.js';
import { type DifferenceStyle, shownDifference } from './shown-difference.js';

export const SEED_ADVICE =
  'Your program does not use the seed: other seeds printed identical numbers. ' +
  'Begin it with a line such as seed = 0 and give that to your random numbers, or read MLE_SEED.';

/** "learning_rate 0.5 → 0.05: accuracy −8.3 ± 6.5 points over 3 seeds; nothing else differs." */
export function effectSentence(goal: Goal, finding: Finding, verdict: Verdict, style: DifferenceStyle): string {
  const { knob, from, value, differs } = finding.setting;
  if (knob === '') return `Nothing can be said of ${goal.metric}, because ${listed(differs)} ${verb(differs)}.`;
  return `${knob} ${shownValue(from)} → ${shownValue(value)}: ${said(goal, finding, verdict, style)}.`;
}

function said({ metric }: Goal, finding: Finding, verdict: Verdict, style: DifferenceStyle): string {
  const { setting, n, difference, lost, seedless } = finding;
  if (verdict === 'confounded')
    return `nothing can be said of ${metric}, because ${listed(setting.differs)} ${verb(setting.differs)} too`;
  if (n === 0) return `no seed has ended with both values yet`;
  if (sumOf(lost.here) + sumOf(lost.before) > 0) return lossesSaid(finding);
  if (difference === null) return `nothing can be said of ${metric}`;
  const { mean, interval } = difference;
  if (interval === null) return `${metric} ${shownDifference(mean, null, style)} with one seed each; it may be chance`;
  if (mean === 0 && interval[0] === interval[1]) return `identical numbers of ${metric} with each of ${n} seeds`;
  if (seedless)
    return `${metric} ${shownDifference(mean, null, style)}, identical numbers with each of ${n} seeds; they count as one`;
  const told = `${metric} ${shownDifference(mean, interval, style)} over ${n} seeds`;
  if (verdict !== 'within noise') return `${told}; nothing else differs`;
  return excludesZero(interval) ? `${told}, too close to tell` : `${told}, within seed noise`;
}

function lossesSaid({ n, lost, setting }: Finding): string {
  const here = losses(n, lost.here);
  const before = losses(n, lost.before);
  if (sumOf(lost.before) === 0) return here;
  if (sumOf(lost.here) === 0)
    return `${before} with ${shownValue(setting.from)}, none with ${shownValue(setting.value)}`;
  return `${here}, and ${before} with ${shownValue(setting.from)}`;
}

function losses(n: number, { nan, failed }: Losses): string {
  if (failed === 0) return `${nan} of ${n} became nan`;
  return nan === 0 ? `${failed} of ${n} failed` : `${nan} of ${n} became nan, ${failed} failed`;
}

/** The strongest of what may be said: what helps most, else what harms most, else why there is nothing to say. */
export function headline({ metric }: Goal, effects: readonly Effect[]): string {
  const [strongest] = effects
    .filter(({ verdict }) => verdict === 'better' || verdict === 'worse')
    .sort((a, b) => rank(b) - rank(a) || Math.abs(b.difference ?? 0) - Math.abs(a.difference ?? 0));
  if (strongest) return strongest.sentence;
  const [first] = effects;
  if (first === undefined) return 'There is nothing to compare yet: all runs have the same values.';
  if (effects.length === 1) return first.sentence;
  const noisy = effects.filter(({ verdict }) => verdict === 'within noise');
  if (noisy.length < effects.length) return effects.find((effect) => !noisy.includes(effect))?.sentence ?? '';
  return `${first.knob}: ${metric} differs from that of ${shownValue(first.from)} within seed noise alone.`;
}

const rank = ({ verdict }: Effect): number => (verdict === 'better' ? 1 : 0);

const verb = (subjects: readonly string[]): string => (subjects.length === 1 ? 'differs' : 'differ');

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
