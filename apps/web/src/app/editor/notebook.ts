/** A part of what a cell has left. */
type NotebookOutput =
  { kind: 'text'; text: string; error: boolean } | { kind: 'image'; url: string } | { kind: 'html'; html: string };

export interface NotebookCell {
  kind: 'markdown' | 'code';
  text: string;
  /** Of code: when it was run last, as the notebook counts; null if it was not. */
  count: number | null;
  outputs: NotebookOutput[];
}

const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
/** Of one output: a notebook may hold the whole log of a training. */
const MOST_CHARS = 100_000;
const COLOURS = /\u001b\[[0-9;]*m/g;

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The cells of a notebook, or null where the text is none. What is not understood is left out. */
export function readNotebook(source: string): NotebookCell[] | null {
  let content: unknown;
  try {
    content = JSON.parse(source);
  } catch {
    return null;
  }
  if (!isObject(content) || !Array.isArray(content['cells'])) return null;
  return content['cells'].filter(isObject).map((cell) => ({
    kind: cell['cell_type'] === 'markdown' ? 'markdown' : 'code',
    text: joined(cell['source']),
    count: typeof cell['execution_count'] === 'number' ? cell['execution_count'] : null,
    outputs: Array.isArray(cell['outputs']) ? cell['outputs'].filter(isObject).flatMap(outputOf) : [],
  }));
}

/** The richest form that an output has, a picture before a table before text. */
function outputOf(output: Json): NotebookOutput[] {
  if (output['output_type'] === 'stream') return text(joined(output['text']), output['name'] === 'stderr');
  if (output['output_type'] === 'error') return text(joined(output['traceback'], '\n'), true);
  const data = isObject(output['data']) ? output['data'] : {};
  for (const type of IMAGES) {
    const image = joined(data[type]).replace(/\s/g, '');
    if (/^[A-Za-z0-9+/]+=*$/.test(image)) return [{ kind: 'image', url: `data:${type};base64,${image}` }];
  }
  const svg = joined(data['image/svg+xml']);
  // In an <img> it runs nothing, whatever it is.
  if (svg !== '') return [{ kind: 'image', url: `data:image/svg+xml,${encodeURIComponent(svg)}` }];
  const html = joined(data['text/html']);
  if (html !== '' && html.length <= MOST_CHARS) return [{ kind: 'html', html }];
  return text(joined(data['text/plain']), false);
}

function text(whole: string, error: boolean): NotebookOutput[] {
  const plain = whole.slice(0, MOST_CHARS).replace(COLOURS, '');
  const cut = whole.length > MOST_CHARS ? '\n… the rest is in the file' : '';
  return plain === '' ? [] : [{ kind: 'text', text: plain + cut, error }];
}

/** A notebook keeps texts as they are or line by line. */
function joined(value: unknown, between = ''): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.filter((part) => typeof part === 'string').join(between) : '';
}
