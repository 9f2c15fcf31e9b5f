import type { Effect, Evidence, Goal, Verdict } from '@mle/protocol';
import { effectSentence, headline, SEED_ADVICE } from './evidence-sentences.js';
import { type Finding, type JudgedSetting, type Losses, type SeedOutcome, sumOf } from './finding.js';
import { holm } from './holm.js';
import { excludesZero, meanOf, pairedDifference } from './paired-difference.js';
import { type DifferenceStyle, differenceStyle } from './shown-difference.js';

const MAY_BE_WRONG = 0.05;
/** Seeds that are offered to settle what three could not. */
const SEEDS_TO_ADD = 5;

/** Judges each value against the first, seed by seed. */
export function judge(goal: Goal, [baseline, ...others]: readonly JudgedSetting[]): Evidence {
  const known = numbersOf(baseline);
  const usesSeed = usesSeeds(baseline ? [baseline, ...others] : []);
  const findings = baseline ? others.map((setting) => find(baseline, setting, usesSeed)) : [];
  const style = differenceStyle(goal.metric, [known, ...others.map(numbersOf)].flat());
  const effects = judgeAll(goal, findings, style);
  return {
    ...goal,
    baseline: { value: known.length === 0 ? null : meanOf(known), n: known.length },
    effects,
    usesSeed,
    note: usesSeed === false ? SEED_ADVICE : null,
    settle: usesSeed === false ? null : seedsToSettle(effects),
    sentence: headline(goal, effects),
  };
}

function find(baseline: JudgedSetting, setting: JudgedSetting, usesSeed: boolean | null): Finding {
  const before = new Map(baseline.outcomes.map(({ seed, ending }) => [seed, ending]));
  const pairs = setting.outcomes.flatMap(({ seed, ending }) => {
    const earlier = before.get(seed);
    return earlier === undefined ? [] : [[earlier, ending] as const];
  });
  const lost = { here: lossesOf(pairs.map(([, here]) => here)), before: lossesOf(pairs.map(([there]) => there)) };
  const numbers = pairs.filter((pair): pair is readonly [number, number] => pair.every((it) => typeof it === 'number'));
  const whole = numbers.length === pairs.length;
  return {
    setting,
    n: pairs.length,
    value: whole && pairs.length > 0 ? meanOf(numbers.map(([, here]) => here)) : null,
    // What is left when the worst seeds are taken away would look better than it is.
    difference: whole ? pairedDifference(numbers) : null,
    lost,
    seedless: usesSeed === false && pairs.length > 1,
  };
}

/** Holm's method minds how many values were tried; the interval of each stays as it is. */
function judgeAll(goal: Goal, findings: readonly Finding[], style: DifferenceStyle): Effect[] {
  const tested = findings.filter(
    ({ setting, difference, seedless }) =>
      setting.differs.length === 0 && !seedless && typeof difference?.chance === 'number',
  );
  const adjusted = holm(tested.map(({ difference }) => difference?.chance ?? 1));
  const certain = new Set(tested.filter((_finding, at) => (adjusted[at] ?? 1) <= MAY_BE_WRONG));
  return findings.map((finding) => {
    const { setting, n, value, difference } = finding;
    const verdict = verdictOf(goal, finding, certain.has(finding));
    return {
      knob: setting.knob,
      from: setting.from,
      to: setting.value,
      value,
      difference: difference?.mean ?? null,
      interval: difference?.interval ?? null,
      n,
      verdict,
      differs: setting.differs,
      sentence: effectSentence(goal, finding, verdict, style),
    };
  });
}

function verdictOf(goal: Goal, { setting, n, difference, lost, seedless }: Finding, certain: boolean): Verdict {
  if (setting.differs.length > 0) return 'confounded';
  const [here, before] = [sumOf(lost.here), sumOf(lost.before)];
  if (here !== before) return here > before ? 'worse' : 'better';
  if (here > 0) return 'within noise';
  if (n < 2 || difference === null) return 'too few';
  // The same number again is no second witness.
  if (seedless && difference.mean !== 0) return 'too few';
  if (!certain) return 'within noise';
  return difference.mean > 0 === (goal.direction === 'max') ? 'better' : 'worse';
}

/** Whether any value has other numbers with another seed; null where none has two seeds. */
function usesSeeds(settings: readonly JudgedSetting[]): boolean | null {
  const repeated = settings.filter(
    ({ outcomes }) => outcomes.length > 1 && outcomes.every(({ ending }) => typeof ending === 'number'),
  );
  if (repeated.length === 0) return null;
  return repeated.some(({ outcomes }) => new Set(outcomes.map(({ print }) => print)).size > 1);
}

/** Where some are nearly told apart, it is those that seeds are offered for. */
function seedsToSettle(effects: readonly Effect[]): Evidence['settle'] {
  const undecided = effects.filter(
    ({ verdict, interval }) => verdict === 'too few' || (verdict === 'within noise' && hasWidth(interval)),
  );
  const near = undecided.filter(({ verdict, interval }) => verdict === 'too few' || excludesZero(interval));
  const wanting = near.length > 0 ? near : undecided;
  const knobs = new Set(wanting.map(({ knob }) => knob));
  const values = new Set(wanting.flatMap(({ from, to }) => [from, to]).filter((value) => value !== null));
  return knobs.size !== 1 || values.size < 2 ? null : { seeds: SEEDS_TO_ADD, values: [...values] };
}

const hasWidth = (interval: Effect['interval']): boolean => interval !== null && interval[0] < interval[1];

function numbersOf(setting: JudgedSetting | undefined): number[] {
  return (setting?.outcomes ?? []).map(({ ending }) => ending).filter((ending) => typeof ending === 'number');
}

function lossesOf(endings: readonly SeedOutcome['ending'][]): Losses {
  const count = (what: SeedOutcome['ending']): number => endings.filter((ending) => ending === what).length;
  return { nan: count('nan'), failed: count('failed') };
}
