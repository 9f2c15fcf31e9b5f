import { ComparedTexts, MAX_COMPARED } from '../read/compared-texts.js';
import { listItems, type SyntaxNode, type SyntaxTree, textOf } from '../read/syntax-tree.js';
import { javascriptLiteral } from './javascript-literal.js';

/** What names and properties are compared with, or look up by, anywhere in the file. */
export function javascriptCompared(tree: SyntaxTree): ComparedTexts {
  const compared = new ComparedTexts();
  const tables = namedTables(tree);
  for (const { type, children } of tree.nodes) {
    const [first, second, third, fourth] = children;
    if (type === 'BinaryExpression' && second?.type === 'CompareOp') {
      compared.add(nameOf(tree, first), textsOf(tree, [third]));
      compared.add(nameOf(tree, third), textsOf(tree, [first]));
    } else if (type === 'SwitchStatement') {
      compared.add(nameOf(tree, second?.children[1]), textsOf(tree, casesOf(third)));
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
    if (node?.type === 'PropertyDefinition') return [textOf(tree, node)];
    const value = node?.type === 'String' ? javascriptLiteral(tree, node)?.value : undefined;
    return typeof value === 'string' ? [value] : [];
  });
}

/** The keys of the objects that are written out and have a name. */
function namedTables(tree: SyntaxTree): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const { type, children } of tree.nodes) {
    if (type !== 'VariableDeclaration') continue;
    for (const item of listItems(children.slice(1))) {
      const value = item.find((node) => node.type === 'ObjectExpression');
      if (item[0]?.type === 'VariableDefinition' && value) tables.set(textOf(tree, item[0]), keysOf(tree, value));
    }
  }
  return tables;
}

function keysOf(tree: SyntaxTree, table: SyntaxNode): string[] {
  const written = table.type === 'ParenthesizedExpression' ? table.children[1] : table;
  if (written?.type !== 'ObjectExpression') return [];
  const properties = listItems(written.children).flatMap(([property]) => property ?? []);
  return textsOf(
    tree,
    properties.map((property) => property.children[0]),
  );
}

function casesOf(body: SyntaxNode | undefined): SyntaxNode[] {
  const labels = body?.children.filter(({ type }) => type === 'CaseLabel') ?? [];
  return labels.flatMap((label) => label.children.slice(1, 2));
}
