import type { Literal, Setting } from '../read/reading.js';
import { childOf, listItems, type SyntaxNode, type SyntaxTree, textOf, within } from '../read/syntax-tree.js';
import { pythonLiteral } from './python-literal.js';

/** What runs in a scope of its own, so that names bound in it are not the module's. */
const OWN_SCOPE = new Set([
  'FunctionDefinition',
  'ClassDefinition',
  'LambdaExpression',
  'ArrayComprehensionExpression',
  'ComprehensionExpression',
  'DictionaryComprehensionExpression',
  'SetComprehensionExpression',
]);
/** Scaling, as of a rate that decays, begins at the constant; all other updates make a counter of it. */
const SCALING = new Set(['*=', '/=']);

/** `name = literal`, once, at the top level or under `if __name__ == "__main__":`. */
export function pythonConstants(tree: SyntaxTree): Setting[] {
  const bound = timesBound(tree);
  return topStatements(tree)
    .flatMap((statement) => assignedLiterals(tree, statement))
    .filter(({ name }) => bound.get(name) === 1 && !/^__.*__$/.test(name))
    .map(({ name, literal }) => ({
      name,
      how: 'constant',
      kind: literal.kind,
      value: literal.value,
      at: literal.from,
      literal,
      choices: null,
      spelling: null,
    }));
}

function topStatements(tree: SyntaxTree): SyntaxNode[] {
  return ungrouped(tree.root.children).flatMap((statement) => {
    const body = isMainGuard(tree, statement) ? childOf(statement, 'Body') : undefined;
    return body === undefined ? [statement] : ungrouped(body.children);
  });
}

/** `a = 1; b = 2` is a group of statements. */
function ungrouped(statements: readonly SyntaxNode[]): SyntaxNode[] {
  return statements.flatMap((node) => (node.type === 'StatementGroup' ? [...node.children] : [node]));
}

function isMainGuard(tree: SyntaxTree, { type, children }: SyntaxNode): boolean {
  const condition = children[1];
  return (
    type === 'IfStatement' &&
    condition !== undefined &&
    /^\(?__name__\s*==\s*["']__main__["']\)?$/.test(textOf(tree, condition).slice(0, 100))
  );
}

function assignedLiterals(tree: SyntaxTree, statement: SyntaxNode): { name: string; literal: Literal }[] {
  if (statement.type !== 'AssignStatement') return [];
  const { children } = statement;
  const assign = children.findIndex(({ type }) => type === 'AssignOp');
  const values = listItems(children.slice(assign + 1));
  const targets = listItems(children.slice(0, assign));
  if (assign === -1 || values.length !== targets.length) return [];
  const pairs = targets.map(([target, annotation, more], i) => {
    const [value, ...rest] = values[i] ?? [];
    const plain = more === undefined && rest.length === 0 && (annotation?.type ?? 'TypeDef') === 'TypeDef';
    const literal = plain && target?.type === 'VariableName' ? pythonLiteral(tree, value) : null;
    return literal === null || target === undefined ? null : { name: textOf(tree, target), literal };
  });
  return pairs.flatMap((pair) => pair ?? []);
}

/** How often each name is bound in the scope of the module. */
function timesBound(tree: SyntaxTree): Map<string, number> {
  const times = new Map<string, number>();
  const bind = (node: SyntaxNode | undefined): void => {
    if (node?.type !== 'VariableName') return;
    const name = textOf(tree, node);
    times.set(name, (times.get(name) ?? 0) + 1);
  };
  for (const node of within(tree.root, ({ type }) => !OWN_SCOPE.has(type))) boundBy(tree, node).forEach(bind);
  /* A function names a variable of the module as global only in order to assign it. */
  for (const { type, children } of tree.nodes)
    if (type === 'ScopeStatement' && children[0]?.type === 'global') children.forEach(bind);
  return times;
}

function boundBy(tree: SyntaxTree, { type, children }: SyntaxNode): SyntaxNode[] {
  if (type === 'AssignStatement') {
    const last = children.findLastIndex((child) => child.type === 'AssignOp');
    return children.slice(0, Math.max(last, 0)).flatMap(targetNames);
  }
  if (type === 'ForStatement') return children.slice(0, typeIndex(children, 'in')).flatMap(targetNames);
  if (type === 'UpdateStatement') {
    const [target, operator] = children;
    return target === undefined || (operator && SCALING.has(textOf(tree, operator))) ? [] : [target];
  }
  if (type === 'NamedExpression') return children.slice(0, 1);
  if (type === 'FunctionDefinition' || type === 'ClassDefinition')
    return children.filter((child) => child.type === 'VariableName').slice(0, 1);
  return children.filter((_, i) => children[i - 1]?.type === 'as');
}

function typeIndex(children: readonly SyntaxNode[], type: string): number {
  return Math.max(
    children.findIndex((child) => child.type === type),
    0,
  );
}

/** The names that a target binds: those of a tuple too, but not `x` of `x.y` and `x[i]`. */
function targetNames(target: SyntaxNode): SyntaxNode[] {
  return [...within(target, ({ type }) => type !== 'MemberExpression' && type !== 'TypeDef')].filter(
    ({ type }) => type === 'VariableName',
  );
}
