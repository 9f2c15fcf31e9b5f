import type { Knob, ParamValue } from '@mle/protocol';
import { offerFor } from './suggestions.js';

/** The knob as it would be with this value in the program; as it is where the text is no value of it. */
export function centred(knob: Knob, text: unknown): Knob {
  const value = typeof text === 'string' ? valueOf(knob, text) : null;
  if (value === null || value === knob.value) return knob;
  if (knob.kind !== 'number' && knob.kind !== 'integer')
    return { ...knob, value, suggest: [...new Set([value, ...knob.suggest])] };
  return { ...knob, value, ...offerFor({ name: knob.name, kind: knob.kind, value }) };
}

function valueOf({ kind }: Knob, text: string): ParamValue | null {
  if (kind === 'text' || kind === 'choice') return text;
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : null;
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) && (kind === 'number' || Number.isInteger(value)) ? value : null;
}
