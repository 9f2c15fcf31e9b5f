import type { Parser, PartialParse, Tree } from '@lezer/common';

export interface SyntaxNode {
  readonly type: string;
  readonly from: number;
  readonly to: number;
  readonly children: readonly SyntaxNode[];
}

/** What a parser made of a source, in plain objects: to walk it costs the same whatever its depth. */
export interface SyntaxTree {
  readonly source: string;
  readonly root: SyntaxNode;
  /** All nodes, each before its children. */
  readonly nodes: readonly SyntaxNode[];
}

/**
 * Steps of the parser, about one for each token. A megabyte of ordinary code takes 200,000 to 300,000. What comes after
 * them is not read.
 */
const MAX_STEPS = 300_000;
/**
 * Of the processor: where a source is nothing but errors, one step can take milliseconds. What a source says must not
 * depend on what else the computer does, so the clock on the wall alone stops nothing.
 */
const MAX_MS = 3_000;
const MAX_NODES = 400_000;

/** Of all leaves. */
const NONE: SyntaxNode[] = [];
const BYTE_ORDER_MARK = '\ufeff';

/** Reads a source with a parser that goes on behind errors, for a bounded time. */
export function readSyntax(parser: Parser, source: string): SyntaxTree {
  const start = source.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  const nodes = nodesWithin(parser, source.slice(start), start);
  return { source, nodes, root: nodes[0] ?? { type: 'Script', from: start, to: start, children: NONE } };
}

/**
 * None of a source that is nested so deeply, by the thousand, that the parser's own recursion ends, and none where the
 * parser was stopped at a place that leaves its tree broken: no program is either.
 */
function nodesWithin(parser: Parser, source: string, start: number): SyntaxNode[] {
  try {
    return plainNodes(stepThrough(parser.startParse(source)), start);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return [];
    throw error;
  }
}

function stepThrough(parse: PartialParse): Tree {
  const begun = process.cpuUsage();
  let look = performance.now() + MAX_MS;
  for (let steps = 1; ; steps++) {
    const tree = parse.advance();
    if (tree !== null) return tree;
    if (parse.stoppedAt !== null) continue;
    let leftMs = 1;
    if (performance.now() > look) {
      const { user, system } = process.cpuUsage(begun);
      leftMs = MAX_MS - (user + system) / 1_000;
      look = performance.now() + leftMs;
    }
    if (leftMs <= 0 || steps > MAX_STEPS) parse.stopAt(parse.parsedPos);
  }
}

function plainNodes(tree: Tree, start: number): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  // The children so far of each node that the cursor is in.
  const open: SyntaxNode[][] = [];
  const cursor = tree.cursor();
  while (nodes.length < MAX_NODES) {
    const { name: type, from, to } = cursor;
    const inner = cursor.firstChild();
    const children: SyntaxNode[] = inner ? [] : NONE;
    const node = { type, from: from + start, to: to + start, children };
    nodes.push(node);
    open.at(-1)?.push(node);
    if (inner) open.push(children);
    while (!inner && !cursor.nextSibling()) {
      if (!cursor.parent()) return nodes;
      open.pop();
    }
  }
  return nodes;
}

export function textOf({ source }: SyntaxTree, { from, to }: { from: number; to: number }): string {
  return source.slice(from, to);
}

/** The first child of the type. */
export function childOf(node: SyntaxNode, type: string): SyntaxNode | undefined {
  return node.children.find((child) => child.type === type);
}

/** The nodes of a subtree, itself first; below a node that `enter` refuses nothing is looked at. */
export function* within(node: SyntaxNode, enter: (node: SyntaxNode) => boolean = () => true): Generator<SyntaxNode> {
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    if (!enter(next)) continue;
    for (let i = next.children.length - 1; i >= 0; i--) {
      const child = next.children[i];
      if (child !== undefined) pending.push(child);
    }
  }
}

/** What stands between the commas of a list, without the brackets around it. */
export function listItems(list: readonly SyntaxNode[]): SyntaxNode[][] {
  const items: SyntaxNode[][] = [[]];
  for (const node of list) {
    if (node.type === ',') items.push([]);
    else if (!BRACKETS.has(node.type) && !node.type.endsWith('Comment')) items.at(-1)?.push(node);
  }
  return items.filter((item) => item.length > 0);
}

const BRACKETS = new Set(['(', ')', '[', ']', '{', '}']);

/** Finds the line, from 1, of an offset. */
export class Lines {
  private readonly starts: number[] = [0];

  constructor(source: string) {
    for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  at(offset: number): number {
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}
