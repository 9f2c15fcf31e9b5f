import type { Knob, KnobScale, ParamValue } from '@mle/protocol';
import { textsInComment } from './comment-texts.js';
import type { Reading, Setting } from './read/reading.js';
import { Lines } from './read/syntax-tree.js';
import { namedSettings, readSource } from './source-settings.js';
import { offerFor } from './suggestions.js';

/**
 * The values of a program that a person may want to turn, in the order of the file. `defined`: the parameters of the
 * project, which stand last.
 */
export function findKnobs(path: string, source: string, defined: Record<string, ParamValue> = {}): Knob[] {
  const reading = readSource(path, source);
  const settings = reading === null ? [] : namedSettings(reading);
  const lines = new Lines(source);
  const comments = new Map(reading?.comments.map((comment) => [lines.at(comment.from), comment]));
  const found = settings.map((setting): Knob => {
    const comment = comments.get(lines.at(setting.literal?.to ?? setting.at));
    const remark = comment === undefined ? '' : source.slice(comment.from, comment.to);
    return {
      ...knobOf(setting, setting.choices ?? choicesNear(setting, reading, remark)),
      line: lines.at(setting.at),
      from: setting.literal?.from ?? null,
      to: setting.literal?.to ?? null,
    };
  });
  const names = new Set(found.map(({ name }) => name));
  const others = Object.entries(defined).filter(([name]) => !names.has(name));
  return [...found, ...others.map(([name, value]) => knobOf(definedSetting(name, value), null))];
}

function knobOf(setting: Setting, choices: ParamValue[] | null): Knob {
  const { name, kind, value, how } = setting;
  const { scale, suggest } = choices === null ? offerFor(setting) : offerOf(value, choices);
  return {
    name,
    kind: choices === null ? kind : 'choice',
    value,
    line: null,
    how,
    suggest,
    scale,
    from: null,
    to: null,
  };
}

function offerOf(value: ParamValue, choices: ParamValue[]): { scale: KnobScale; suggest: ParamValue[] } {
  return { scale: 'linear', suggest: [...new Set(choices.includes(value) ? choices : [value, ...choices])] };
}

/** Of a text: what the comment on its line offers, and what the program compares it with. */
function choicesNear({ name, kind, value }: Setting, reading: Reading | null, remark: string): ParamValue[] | null {
  if (kind !== 'text' || typeof value !== 'string') return null;
  const others = [...textsInComment(remark, value), ...(reading?.compared.of(name) ?? [])];
  const choices = new Set([value, ...others]);
  return choices.size > 1 ? [...choices] : null;
}

function definedSetting(name: string, value: ParamValue): Setting {
  const kind = typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : null;
  return {
    name,
    how: 'setting',
    kind: kind ?? (typeof value === 'boolean' ? 'boolean' : 'text'),
    value,
    at: 0,
    literal: null,
    choices: null,
    spelling: null,
  };
}
