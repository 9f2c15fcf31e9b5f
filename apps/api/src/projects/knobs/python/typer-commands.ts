import { childOf, type SyntaxNode, type SyntaxTree, textOf } from '../read/syntax-tree.js';
import { type PythonCall, pythonCall } from './python-calls.js';
import { pythonLiteral } from './python-literal.js';

interface TyperWords {
  on: string;
  off: string | null;
}

/**
 * The function that `@app.command()` makes the command of a program of Typer. One of several needs its name on the
 * command line, and what a callback takes stands before it.
 */
export function typerCommand(tree: SyntaxTree, calls: readonly PythonCall[]): SyntaxNode | null {
  if (!calls.some(({ object, name }) => name === 'Typer' && (object === 'typer' || object === ''))) return null;
  const commands = tree.nodes.filter(
    (node) => node.type === 'DecoratedStatement' && decoratorOf(tree, node, ['command', 'callback']) !== null,
  );
  const [only, ...others] = commands;
  if (only === undefined || others.length > 0 || decoratorOf(tree, only, ['command']) === null) return null;
  return childOf(only, 'FunctionDefinition') ?? null;
}

function decoratorOf(tree: SyntaxTree, statement: SyntaxNode, names: readonly string[]): PythonCall | null {
  const calls = statement.children.flatMap((node) => (node.type === 'Decorator' ? (pythonCall(tree, node) ?? []) : []));
  return calls.find(({ name }) => names.includes(name)) ?? null;
}

/** `typer.Option(0.1, "--rate", "-r")`, or the one that stands in `Annotated[float, …]`: the words it gives. */
export function typerOption(tree: SyntaxTree, node: SyntaxNode | undefined): PythonCall | null {
  const call = node?.type === 'CallExpression' ? pythonCall(tree, node) : null;
  return call?.name === 'Option' && ['typer', ''].includes(call.object) ? call : null;
}

/** The words that an option gives itself: of `--stream/--no-stream` the two, of `--json` the one; short ones are none. */
export function typerWords(tree: SyntaxTree, { positional }: PythonCall): TyperWords | 'short' | null {
  const words = positional.flatMap((node) => {
    const value = pythonLiteral(tree, node)?.value;
    return typeof value === 'string' && value.startsWith('-') ? [value] : [];
  });
  const long = words.find((word) => word.startsWith('--'));
  if (long === undefined) return words.length > 0 ? 'short' : null;
  const [on = '', off = null] = long.split('/').map((word) => word.trim());
  return { on, off };
}

/** The option that an annotation holds: `Annotated[float, typer.Option("--rate")]`. */
export function annotatedOption(tree: SyntaxTree, type: SyntaxNode | undefined): PythonCall | null {
  const [annotated, ...parts] = type?.children.at(-1)?.children ?? [];
  if (annotated === undefined || textOf(tree, annotated) !== 'Annotated') return null;
  return parts.map((node) => typerOption(tree, node)).find((option) => option !== null) ?? null;
}
