import type { ParamValue } from './params.js';

/** Names that every template knows; a parameter of the same name wins, because it was given for this run. */
const TEMPLATE_NAMES = ['file', 'seed', 'args'] as const;

type TemplatePart = { kind: 'text'; text: string } | { kind: 'name'; name: string };

const TOKEN = /\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]{0,63})\}|[{}]/g;

/**
 * The pieces of a command such as `python train.py --lr {lr}`; `{{` and `}}` stand for braces. Null where a brace
 * stands alone.
 */
export function parseTemplate(template: string): TemplatePart[] | null {
  const parts: TemplatePart[] = [];
  let text = '';
  let from = 0;
  for (const match of template.matchAll(TOKEN)) {
    const [token, name] = match;
    text += template.slice(from, match.index);
    from = match.index + token.length;
    if (token === '{{' || token === '}}') text += token.charAt(0);
    else if (name === undefined) return null;
    else {
      if (text !== '') parts.push({ kind: 'text', text });
      text = '';
      parts.push({ kind: 'name', name });
    }
  }
  text += template.slice(from);
  if (text !== '') parts.push({ kind: 'text', text });
  return parts;
}

/** Why no command can be made of the template for a run with these parameters, as a sentence, or null. */
export function templateProblem(template: string, params: Record<string, ParamValue>): string | null {
  const parts = parseTemplate(template);
  if (parts === null)
    return 'The command has a brace that stands alone. Write {name} for a parameter, and {{ or }} for a brace.';
  const known = new Set<string>([...TEMPLATE_NAMES, ...Object.keys(params)]);
  const unknown = [
    ...new Set(parts.flatMap((part) => (part.kind === 'name' && !known.has(part.name) ? [`{${part.name}}`] : []))),
  ];
  if (unknown.length === 0) return null;
  const names = [...known].map((name) => `{${name}}`).join(', ');
  return `The command of the project names ${unknown.join(', ')}, which this run does not have. Known are ${names}. Give the parameter, or write {{ and }} for braces.`;
}
