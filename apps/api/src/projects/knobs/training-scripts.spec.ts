import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findKnobs } from './find-knobs.js';

const FOLDER = join(import.meta.dirname, 'training-scripts');
const SCRIPTS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.py'))
  .map((name) => {
    const source = readFileSync(join(FOLDER, name), 'utf8');
    return { name, source, found: headed(source, 'found'), missed: headed(source, 'missed') };
  });

/** The settings that the head of a script lists: `name=value` of each, without the reasons in brackets. */
function headed(source: string, word: 'found' | 'missed'): string[] {
  const lines = source.split('\n').filter((line) => line.startsWith(`# ${word}: `));
  const text = lines.map((line) => line.slice(`# ${word}: `.length)).join(' ');
  return text === 'none'
    ? []
    : [...text.matchAll(/(?<=^| )\w+=(?:"[^"]*"|\[[^\]]*\]|\([^)]*\)|\S+)/g)].map(([item]) => item);
}

describe('training scripts in the style of public projects', () => {
  it.each(SCRIPTS)('$name', ({ name, source, found, missed }) => {
    const knobs = findKnobs(name, source);
    const read = knobs.map((knob) => `${knob.name}=${JSON.stringify(knob.value)}`);
    expect(read).toEqual(found.map(asJson));
    expect(missed.length).toBeGreaterThan(0);
    for (const item of missed) expect(knobs.map((knob) => knob.name)).not.toContain(item.split('=')[0]);
  });

  it('are more than twenty, and most of what they define is found', () => {
    const found = SCRIPTS.flatMap((script) => script.found).length;
    const missed = SCRIPTS.flatMap((script) => script.missed).length;
    expect(SCRIPTS.length).toBeGreaterThanOrEqual(20);
    expect(found / (found + missed)).toBeGreaterThan(0.8);
  });

  it('are Python', () => {
    const check = 'import ast, sys; [ast.parse(open(name, encoding="utf-8").read()) for name in sys.argv[1:]]';
    execFileSync('python3', ['-c', check, ...SCRIPTS.map(({ name }) => join(FOLDER, name))]);
  });
});

/** `lr=0.0006` as JSON writes the number. */
function asJson(item: string): string {
  const at = item.indexOf('=');
  return `${item.slice(0, at)}=${JSON.stringify(JSON.parse(item.slice(at + 1)))}`;
}
