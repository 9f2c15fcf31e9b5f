/** A line of a file of the project. */
export interface SourcePlace {
  path: string;
  line: number;
}

const PYTHON = /^\s*File "([^"]{1,1000})", line (\d{1,7})/;
/** The end of a frame of Node.js. */
const NODE_END = /:(\d{1,7}):\d{1,7}\)?$/;
const LONGEST = 2_000;

interface Found extends SourcePlace {
  from: number;
  to: number;
}

/** Where a line of a traceback says that the program was; the path is as the program has it. */
export function sourcePlace(text: string): Found | null {
  if (text.length > LONGEST) return null;
  const python = PYTHON.exec(text);
  if (python) {
    const from = text.indexOf('File "');
    return { path: python[1] ?? '', line: Number(python[2]), from, to: python[0].length };
  }
  if (!/^\s+at \S/.test(text)) return null;
  const end = NODE_END.exec(text);
  if (!end) return null;
  const from = Math.max(text.lastIndexOf('(', end.index) + 1, text.indexOf('at ') + 'at '.length);
  const path = text.slice(from, end.index).replace(/^file:\/\//, '');
  return { path, line: Number(end[1]), from, to: end[0].endsWith(')') ? text.length - 1 : text.length };
}
