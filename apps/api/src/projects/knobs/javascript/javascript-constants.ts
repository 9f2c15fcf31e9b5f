import type { Setting } from '../read/reading.js';
import { listItems, type SyntaxNode, type SyntaxTree, textOf, within } from '../read/syntax-tree.js';
import { javascriptLiteral } from './javascript-literal.js';

/** Scaling, as of a rate that decays, begins at the constant; all other updates make a counter of it. */
const SCALING = new Set(['*=', '/=']);

/** `const name = literal` at the top level, and `let` and `var` where nothing assigns the name again. */
export function javascriptConstants(tree: SyntaxTree): Setting[] {
  const again = assignedAgain(tree);
  const found = tree.root.children
    .map((node) => (node.type === 'ExportDeclaration' ? node.children[1] : node))
    .flatMap((node) => (node?.type === 'VariableDeclaration' ? listItems(node.children.slice(1)) : []))
    .flatMap((item) => declaredConstant(tree, item) ?? []);
  return found.filter(({ name }) => !again.has(name));
}

function declaredConstant(tree: SyntaxTree, item: SyntaxNode[]): Setting | null {
  const [name, ...rest] = item.filter(({ type }) => type !== 'TypeAnnotation' && type !== ';');
  const [equals, value, ...more] = rest;
  const literal = equals?.type === 'Equals' && more.length === 0 ? javascriptLiteral(tree, value) : null;
  if (name?.type !== 'VariableDefinition' || literal === null) return null;
  return {
    name: textOf(tree, name),
    how: 'constant',
    kind: literal.kind,
    value: literal.value,
    at: literal.from,
    literal,
    choices: null,
    spelling: null,
  };
}

/** Names that are assigned anywhere outside of a declaration. A name of the same spelling in a function counts too. */
function assignedAgain(tree: SyntaxTree): Set<string> {
  const names = tree.nodes.flatMap(({ type, children }) => {
    const [first, second] = children;
    if (type === 'AssignmentExpression' && first !== undefined)
      return second?.type === 'UpdateOp' && SCALING.has(textOf(tree, second)) ? [] : targetNames(first);
    const steps = [first, second].some((child) => child?.type === 'ArithOp' && child.to - child.from === 2);
    return steps ? children.filter((child) => child.type === 'VariableName') : [];
  });
  return new Set(names.map((name) => textOf(tree, name)));
}

function targetNames(target: SyntaxNode): SyntaxNode[] {
  return [...within(target, ({ type }) => type !== 'MemberExpression')].filter(({ type }) =>
    ['VariableName', 'VariableDefinition'].includes(type),
  );
}
