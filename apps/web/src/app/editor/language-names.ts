const PATTERNS = [
  [/\.pyi?$/i, 'Python'],
  [/\.[mc]?jsx?$/i, 'JavaScript'],
  [/\.[mc]?tsx?$/i, 'TypeScript'],
  [/\.(json|jsonl|ipynb)$/i, 'JSON'],
  [/\.ya?ml$/i, 'YAML'],
  [/\.(md|markdown)$/i, 'Markdown'],
  [/(\.(sh|bash|zsh)|(^|\/)(Dockerfile|\.bashrc))$/i, 'Shell'],
] as const;

export type LanguageName = (typeof PATTERNS)[number][1] | 'Plain text';

/** How a file's language is called; the grammars themselves load with the editor. */
export const languageName = (path: string): LanguageName =>
  PATTERNS.find(([pattern]) => pattern.test(path))?.[1] ?? 'Plain text';
