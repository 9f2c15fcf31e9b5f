import type { Effect, Evidence, RunChange, RunView } from '@mle/protocol';
import { plural } from '../../core/format';
import { missingSeeds } from '../../runs/same-setting';

/** One thing that the evidence says, and the runs that would settle what it leaves open. */
export interface Finding {
  tone: 'info' | 'warn';
  text: string;
  /** What a person can do about what is not settled, without a button for it. */
  advice: string;
  settle: { label: string; missing: readonly { id: string; seed: number }[] } | null;
}

export interface OtherRun {
  run: RunView;
  changes: readonly RunChange[];
}

const SEEDS = 3;

/** Each effect, the strongest first; `others` are the runs that are compared with `base`, `known` all that are known. */
export function findingsOf(
  evidence: Evidence,
  base: RunView,
  others: readonly OtherRun[],
  known: readonly RunView[],
): Finding[] {
  const strongest = (effect: Effect): number => Number(effect.sentence === evidence.sentence);
  return [...evidence.effects]
    .sort((a, b) => strongest(b) - strongest(a))
    .map((effect) => {
      const confounded = effect.verdict === 'confounded';
      return {
        tone: confounded ? 'warn' : 'info',
        text: effect.sentence,
        advice: confounded ? adviceOf(effect) : '',
        settle: confounded || evidence.usesSeed === false ? null : settleOf(effect, evidence, base, others, known),
      };
    });
}

const adviceOf = ({ knob }: Effect): string =>
  knob === ''
    ? 'A run that differs in a single value would tell what that one does.'
    : `A run that differs in ${knob} alone would tell what that does.`;

function settleOf(
  effect: Effect,
  { settle }: Evidence,
  base: RunView,
  others: readonly OtherRun[],
  known: readonly RunView[],
): Finding['settle'] {
  const open = effect.verdict === 'too few' || (effect.verdict === 'within noise' && settle !== null);
  const run = open ? runOf(effect, others) : null;
  if (!run) return null;
  const wanted = effect.n < SEEDS ? SEEDS : effect.n + (settle?.seeds ?? 0);
  const missing = missingSeeds(known, base, run, wanted);
  if (missing.length === 0) return null;
  return {
    label: effect.n < SEEDS ? `Again with ${SEEDS} seeds` : `Add ${plural(wanted - effect.n, 'seed')} to both`,
    missing,
  };
}

/** A run that differs from the first one in what the effect is about alone. */
function runOf({ knob, to }: Effect, others: readonly OtherRun[]): RunView | null {
  const found = others.find(({ changes }) => {
    const [only, ...more] = changes.filter(({ kind }) => kind !== 'seed');
    return only?.name === knob && only.to === to && more.length === 0;
  });
  return found?.run ?? null;
}
