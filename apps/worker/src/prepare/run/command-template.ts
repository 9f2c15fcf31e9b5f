import type { RunSpec } from '@mle/protocol';
import { parseTemplate, templateProblem } from '@mle/protocol';
import { NotRunnable } from './not-runnable.js';

interface ShellCommand {
  /** For `sh -c`; it names its values and never contains them, so that no value is read as code. */
  script: string;
  /** Its positional parameters. */
  values: string[];
  /** For a person to read. */
  shown: string;
}

/**
 * The command of a run by the template of its project. Throws `NotRunnable` where the template names what the run
 * does not have. Arguments without a place of their own come last.
 */
export function expandTemplate(template: string, spec: RunSpec, file: string): ShellCommand {
  const problem = templateProblem(template, spec.params);
  const parts = parseTemplate(template);
  if (problem !== null || parts === null)
    throw new NotRunnable(problem ?? 'The command of the project cannot be read.');
  const known = new Map([
    ['file', [file]],
    ['seed', [String(spec.seed)]],
    ['args', spec.args],
  ]);
  for (const [name, value] of Object.entries(spec.params)) known.set(name, [String(value)]);
  const placed = parts.some((part) => part.kind === 'name' && part.name === 'args');
  if (!placed && spec.args.length > 0) parts.push({ kind: 'text', text: ' ' }, { kind: 'name', name: 'args' });

  const command: ShellCommand = { script: '', values: [], shown: '' };
  const quotes = new QuoteTracker();
  for (const part of parts) {
    if (part.kind === 'text') {
      command.script += part.text + quotes.read(part.text);
      command.shown += part.text;
      continue;
    }
    const values = known.get(part.name) ?? [];
    const first = command.values.length + 1;
    command.values.push(...values);
    command.script += quotes.enclose(values.map((_value, i) => `\${${first + i}}`));
    command.shown += values.map(quoted).join(' ');
  }
  return command;
}

type Context = 'bare' | 'single' | 'double';

/** Knows within which quotes of the shell the end of the text lies. */
class QuoteTracker {
  /** The innermost last: `"$(echo '` is double, bare, single. */
  private readonly contexts: Context[] = ['bare'];
  private before = '';

  /** Takes in the next piece; answers what has to follow it before a value may. */
  read(text: string): string {
    for (let at = 0; at < text.length; at++) {
      const character = text[at] as string;
      const context = this.contexts.at(-1);
      if (character === '\\' && context !== 'single') {
        at++;
        // A backslash before a value would escape our own quote: before a line break it stands for nothing.
        if (at === text.length) return '\n';
      } else if (context === 'bare' && character === '#' && /^$|[\s;&|(]/.test(this.before)) {
        const end = text.indexOf('\n', at);
        at = end === -1 ? text.length : end;
      } else {
        this.step(character, context, text[at - 1]);
      }
      this.before = text[at] ?? '';
    }
    return '';
  }

  /**
   * The words as they have to stand here, so that each value is one word; within quotes all of them are part of one.
   */
  enclose(words: string[]): string {
    this.before = '}';
    const context = this.contexts.at(-1);
    if (context === 'double') return words.join(' ');
    if (context === 'single') return `'"${words.join(' ')}"'`;
    return words.map((word) => `"${word}"`).join(' ');
  }

  private step(character: string, context: Context | undefined, before: string | undefined): void {
    if (context === 'single') {
      if (character === "'") this.contexts.pop();
    } else if (character === '"') {
      if (context === 'double') this.contexts.pop();
      else this.contexts.push('double');
    } else if (context === 'double') {
      if (character === '(' && before === '$') this.contexts.push('bare');
    } else if (character === "'") this.contexts.push('single');
    else if (character === '(') this.contexts.push('bare');
    else if (character === ')' && this.contexts.length > 1) this.contexts.pop();
  }
}

function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
