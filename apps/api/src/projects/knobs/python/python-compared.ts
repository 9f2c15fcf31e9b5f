import { ComparedTexts, MAX_COMPARED } from '../read/compared-texts.js';
import { listItems, type SyntaxNode, type SyntaxTree, textOf, within } from '../read/syntax-tree.js';
import { elementsOf } from './python-calls.js';
import { pythonLiteral } from './python-literal.js';

/** What names and attributes are compared with, or look up by, anywhere in the file. */
export function pythonCompared(tree: SyntaxTree): ComparedTexts {
  const compared = new ComparedTexts();
  const tables = namedTables(tree);
  for (const { type, children } of tree.nodes) {
    const [first, second, third, fourth] = children;
    if (type === 'BinaryExpression' && second?.type === 'CompareOp') {
      compared.add(nameOf(tree, first), textsOf(tree, [third]));
      compared.add(nameOf(tree, third), textsOf(tree, [first]));
    } else if (type === 'BinaryExpression' && (second?.type === 'in' || second?.type === 'not')) {
      compared.add(nameOf(tree, first), textsOf(tree, elementsOf(children.at(-1))));
    } else if (type === 'MatchStatement') {
      compared.add(nameOf(tree, second), textsOf(tree, casesOf(children.at(-1))));
    } else if (type === 'MemberExpression' && second?.type === '[' && fourth?.type === ']' && first !== undefined) {
      const named = first.type === 'VariableName' ? tables.get(textOf(tree, first)) : undefined;
      compared.add(nameOf(tree, third), named ?? keysOf(tree, first));
    }
  }
  return compared;
}

function nameOf(tree: SyntaxTree, node: SyntaxNode | undefined): string | null {
  if (node?.type === 'VariableName') return textOf(tree, node);
  const last = node?.type === 'MemberExpression' ? node.children.at(-1) : undefined;
  return last?.type === 'PropertyName' ? textOf(tree, last) : null;
}

function textsOf(tree: SyntaxTree, nodes: readonly (SyntaxNode | undefined)[]): string[] {
  return nodes.slice(0, MAX_COMPARED).flatMap((node) => {
    const value = node?.type === 'String' ? pythonLiteral(tree, node)?.value : undefined;
    return typeof value === 'string' ? [value] : [];
  });
}

/** The keys of the dictionaries that are written out and have a name. */
function namedTables(tree: SyntaxTree): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const { type, children } of tree.nodes) {
    const [name] = children;
    const value = children.at(-1);
    if (type === 'AssignStatement' && name?.type === 'VariableName' && value?.type === 'DictionaryExpression')
      tables.set(textOf(tree, name), keysOf(tree, value));
  }
  return tables;
}

function keysOf(tree: SyntaxTree, table: SyntaxNode): string[] {
  if (table.type !== 'DictionaryExpression') return [];
  const keys = listItems(table.children).map(([key, colon]) => (colon?.type === ':' ? key : undefined));
  return textsOf(tree, keys);
}

function casesOf(body: SyntaxNode | undefined): SyntaxNode[] {
  if (body?.type !== 'MatchBody') return [];
  const clauses = body.children.filter(({ type }) => type === 'MatchClause');
  const patterns = clauses.flatMap((clause) => clause.children.slice(1, 2));
  return patterns.flatMap((pattern) => [...within(pattern)].filter(({ type }) => type === 'String'));
}
