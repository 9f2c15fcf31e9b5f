import { childOf, listItems, type SyntaxNode, type SyntaxTree, textOf } from '../read/syntax-tree.js';

/** A call, or a decorator with arguments. */
export interface PythonCall {
  node: SyntaxNode;
  /** `click` and `option` of `click.option(…)`; without an object the first is empty. */
  object: string;
  name: string;
  positional: SyntaxNode[];
  keywords: ReadonlyMap<string, SyntaxNode>;
}

export function pythonCall(tree: SyntaxTree, node: SyntaxNode): PythonCall | null {
  const list = childOf(node, 'ArgList');
  const callee = calleeOf(tree, node);
  if (list === undefined || callee === null) return null;
  const positional: SyntaxNode[] = [];
  const keywords = new Map<string, SyntaxNode>();
  for (const [first, second, value, ...more] of listItems(list.children)) {
    if (first === undefined) continue;
    if (second === undefined) positional.push(first);
    else if (second.type === 'AssignOp' && value !== undefined && more.length === 0)
      keywords.set(textOf(tree, first), value);
  }
  return { node, ...callee, positional, keywords };
}

/** A decorator holds the names themselves, a call an expression of them. */
function calleeOf(tree: SyntaxTree, node: SyntaxNode): { object: string; name: string } | null {
  const named = node.type === 'Decorator' ? node : node.children[0];
  if (named?.type === 'VariableName') return { object: '', name: textOf(tree, named) };
  const [object, name] = named === undefined ? [] : lastNames(named).slice(-2);
  if (name !== undefined && object !== undefined) return { object: textOf(tree, object), name: textOf(tree, name) };
  return object === undefined ? null : { object: '', name: textOf(tree, object) };
}

/** Of `os.environ.get`, which is `os.environ` and `get`: `environ` and `get`. */
function lastNames({ type, children }: SyntaxNode): SyntaxNode[] {
  if (type !== 'MemberExpression' && type !== 'Decorator') return [];
  const [object] = children;
  const inner = object?.type === 'MemberExpression' ? object.children.slice(-1) : [];
  return [...inner, ...children].filter((child) => child.type === 'VariableName' || child.type === 'PropertyName');
}

/** The elements of a list, tuple or set that is written out. */
export function elementsOf(node: SyntaxNode | undefined): SyntaxNode[] {
  if (node === undefined || !['ArrayExpression', 'TupleExpression', 'SetExpression'].includes(node.type)) return [];
  return listItems(node.children).flatMap((item) => (item.length === 1 ? item : []));
}
