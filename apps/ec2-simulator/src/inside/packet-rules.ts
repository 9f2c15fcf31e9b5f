import { readFileSync } from 'node:fs';
import type { StandInAnswer } from '../channel/messages.js';
import { findUser } from './users.js';

const METADATA_ADDRESS = '169.254.169.254';

interface Rule {
  /** Null: whoever it is. */
  users: string[] | null;
  isNegated: boolean;
  verdict: 'accept' | 'drop';
}

/**
 * Stands in for nft where this host has none: keeps the text of the rules, and understands those that say by its user
 * who reaches the metadata service. Nothing else is enforced.
 */
export class PacketRules {
  private text = '';

  run(args: readonly string[], input: string): StandInAnswer {
    const words = args.filter((arg) => !arg.startsWith('-'));
    const isFile = args.some((arg) => arg === '-f' || arg === '--file');
    const statements = isFile ? this.readFile(args, input) : words.join(' ');
    if (/^list\b/.test(statements)) return { code: 0, stdout: this.text, stderr: '' };
    if (/^\s*flush ruleset/m.test(statements)) this.text = '';
    this.text += `${statements.replace(/^\s*flush ruleset.*$/m, '')}\n`;
    return { code: 0, stdout: '', stderr: '' };
  }

  /** Whether a user is kept from the metadata service: the first rule that is about it decides. */
  bars(uid: number): boolean {
    for (const rule of this.rules()) {
      const isMeant = rule.users === null || rule.users.some((name) => (findUser(name)?.uid ?? Number(name)) === uid);
      if (isMeant !== rule.isNegated) return rule.verdict === 'drop';
    }
    return false;
  }

  private readFile(args: readonly string[], input: string): string {
    const path = args[args.findIndex((arg) => arg === '-f' || arg === '--file') + 1];
    return path === undefined || path === '-' ? input : readFileSync(path, 'utf8');
  }

  private rules(): Rule[] {
    return this.text.split(/[\n;]/).flatMap((line) => {
      const verdict = /\b(accept|drop|reject)\b/.exec(line)?.[1];
      if (!line.includes(METADATA_ADDRESS) || verdict === undefined) return [];
      const match = /\bskuid\s+(!=\s*)?(\{[^}]*\}|[\w"-]+)/.exec(line);
      const users =
        match === null
          ? null
          : (match[2] ?? '')
              .replace(/[{}"]/g, '')
              .split(',')
              .map((name) => name.trim());
      return { users, isNegated: match?.[1] !== undefined, verdict: verdict === 'accept' ? 'accept' : 'drop' };
    });
  }
}

/** The user whose connection comes from a local port; null where there is none. */
export function userOfConnection(port: number): number | null {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.endsWith(`:${hex}`) === true && fields[7] !== undefined) return Number(fields[7]);
  }
  return null;
}
