import type { Setting, Spelling } from '../read/reading.js';
import { childOf, listItems, type SyntaxNode, type SyntaxTree, textOf } from '../read/syntax-tree.js';
import { elementsOf, type PythonCall, pythonCall } from './python-calls.js';
import { pythonLiteral } from './python-literal.js';
import { allValues, optionName, typed, typeName } from './python-options.js';
import { annotatedOption, typerCommand, typerOption, typerWords } from './typer-commands.js';

/** How a library makes options of the parameters of a function, or of the fields of a class. */
interface Maker {
  /** What it is called on; `fire` for `fire.Fire`, or nothing where the name was imported. */
  object: string;
  name: string;
  dashes: boolean;
  /** It reads each value as a Python literal. */
  quoted: boolean;
  /** A boolean is `--name` or `--no-name`. */
  switches: boolean;
}

const TYPER: Maker = { object: 'typer', name: 'run', dashes: true, quoted: false, switches: true };
const MAKERS: readonly Maker[] = [
  { object: 'fire', name: 'Fire', dashes: false, quoted: true, switches: false },
  { object: 'tyro', name: 'cli', dashes: true, quoted: false, switches: true },
  TYPER,
  { object: 'transformers', name: 'HfArgumentParser', dashes: false, quoted: false, switches: false },
];

/** The options of functions and classes that `fire.Fire(main)` and its like make a command line of. */
export function signatureOptions(tree: SyntaxTree, calls: readonly PythonCall[]): Setting[] {
  const definitions = definitionsOf(tree);
  const command = typerCommand(tree, calls);
  const commanded = command === null ? [] : optionsOf(tree, command, TYPER);
  const made = calls.flatMap((call) => {
    const maker = MAKERS.find(({ object, name }) => call.name === name && [object, ''].includes(call.object));
    const [target] = call.positional;
    if (maker === undefined || target === undefined) return [];
    const names = target.type === 'VariableName' ? [target] : elementsOf(target);
    return names.flatMap((node) => {
      const name = textOf(tree, node);
      const definition = definitions.get(name);
      /* A second call of the same would find the same. */
      definitions.delete(name);
      return definition === undefined ? [] : optionsOf(tree, definition, maker);
    });
  });
  return [...commanded, ...made];
}

const optionsOf = (tree: SyntaxTree, definition: SyntaxNode, maker: Maker): Setting[] =>
  fieldsOf(definition).flatMap((field) => fieldOption(tree, field, maker) ?? []);

function definitionsOf(tree: SyntaxTree): Map<string, SyntaxNode> {
  const definitions = new Map<string, SyntaxNode>();
  for (const node of tree.nodes) {
    if (node.type !== 'FunctionDefinition' && node.type !== 'ClassDefinition') continue;
    const name = childOf(node, 'VariableName');
    if (name !== undefined) definitions.set(textOf(tree, name), node);
  }
  return definitions;
}

/** `name: type = default` of each parameter or field, as its parts. */
function fieldsOf(definition: SyntaxNode): SyntaxNode[][] {
  if (definition.type === 'FunctionDefinition') return listItems(childOf(definition, 'ParamList')?.children ?? []);
  const statements = childOf(definition, 'Body')?.children.filter(({ type }) => type === 'AssignStatement') ?? [];
  return statements.map(({ children }) => [...children]).filter(([, second]) => second?.type === 'TypeDef');
}

function fieldOption(tree: SyntaxTree, field: SyntaxNode[], maker: Maker): Setting | null {
  const [name, second] = field;
  const type = second?.type === 'TypeDef' ? second : undefined;
  const [assign, value, ...more] = field.slice(type === undefined ? 1 : 2);
  if (name?.type !== 'VariableName' || assign?.type !== 'AssignOp' || more.length > 0) return null;
  const literal = typed(pythonLiteral(tree, defaultOf(tree, value)), typeName(tree, type));
  const option = maker === TYPER ? (typerOption(tree, value) ?? annotatedOption(tree, type)) : null;
  const given = option && typerWords(tree, option);
  const word = maker.dashes ? textOf(tree, name).replaceAll('_', '-') : textOf(tree, name);
  const { on, off } = given === null || given === 'short' ? { on: `--${word}`, off: `--no-${word}` } : given;
  const switched = maker.switches && literal?.kind === 'boolean';
  /* What is on and has no word for off stays on. */
  if (literal === null || given === 'short' || (switched && off === null && literal.value === true)) return null;
  const spelling: Spelling = switched
    ? { form: 'switch', on, off }
    : { form: 'value', prefix: `${on}=`, truth: { on: 'True', off: 'False' }, quoted: maker.quoted };
  const choices = allowedBy(tree, type);
  const { kind, value: written, from } = literal;
  return { name: optionName(on), how: 'option', kind, value: written, at: from, literal, choices, spelling };
}

/** Of a dataclass, the default may stand in a call of `field`, and for Typer in one of `Option`. */
function defaultOf(tree: SyntaxTree, value: SyntaxNode | undefined): SyntaxNode | undefined {
  const option = typerOption(tree, value);
  if (option !== null) return option.positional[0] ?? option.keywords.get('default');
  const call = value?.type === 'CallExpression' ? pythonCall(tree, value) : null;
  return call?.name === 'field' ? call.keywords.get('default') : value;
}

/** The values of `Literal["a", "b"]`. */
function allowedBy(tree: SyntaxTree, type: SyntaxNode | undefined): Setting['choices'] {
  const [literal, bracket, ...rest] = type?.children.at(-1)?.children ?? [];
  if (literal === undefined || textOf(tree, literal) !== 'Literal' || bracket?.type !== '[') return null;
  return allValues(tree, listItems(rest).flat());
}
