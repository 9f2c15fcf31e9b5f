import { StreamLanguage } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { type LanguageName, languageName } from './language-names';

const javascript = async (options: { typescript?: boolean; jsx?: boolean }) =>
  (await import('@codemirror/lang-javascript')).javascript(options);

/** Each grammar is a download of its own, made when the first file of its kind is opened. */
const GRAMMARS: Record<LanguageName, () => Promise<Extension>> = {
  Python: async () => (await import('@codemirror/lang-python')).python(),
  JavaScript: () => javascript({ jsx: true }),
  TypeScript: () => javascript({ typescript: true }),
  JSON: async () => (await import('@codemirror/lang-json')).json(),
  YAML: async () => (await import('@codemirror/lang-yaml')).yaml(),
  Markdown: async () => (await import('@codemirror/lang-markdown')).markdown(),
  Shell: async () => StreamLanguage.define((await import('@codemirror/legacy-modes/mode/shell')).shell),
  'Plain text': () => Promise.resolve([]),
};

export const loadLanguage = (path: string): Promise<Extension> => GRAMMARS[languageName(path)]();
