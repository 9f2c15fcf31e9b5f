import { fittedValue } from '../fitted-value.js';
import type { Literal, Scalar, ScalarKind, Setting, Spelling } from '../read/reading.js';
import { childOf, type SyntaxNode, type SyntaxTree, textOf } from '../read/syntax-tree.js';
import { elementsOf, type PythonCall } from './python-calls.js';
import { pythonLiteral } from './python-literal.js';

/**
 * The setting that a call of argparse, click, absl or `mle.param` declares with a default, or reads, or null. `cast`:
 * what is made of the value at once, such as `float`.
 */
export function declaredSetting(tree: SyntaxTree, call: PythonCall, cast: string): Setting | null {
  if (call.name === 'add_argument') return argparseOption(tree, call);
  if (call.name === 'option') return clickOption(tree, call);
  if (/^DEFINE_(?:integer|float|string|bool|boolean|enum)$/.test(call.name)) return abslFlag(tree, call);
  if (call.name === 'param' && call.object === 'mle') return paramCall(tree, call, cast);
  const environment = call.name === 'getenv' || (call.name === 'get' && call.object === 'environ');
  return environment ? environmentCall(tree, call, cast) : null;
}

const WORDS = { on: 'True', off: 'False' };
/** `bool("False")` is true: of the texts, only the empty one is not. */
const BOOL_WORDS = { on: 'True', off: '' };

function argparseOption(tree: SyntaxTree, call: PythonCall): Setting | null {
  const flag = longFlag(tree, call);
  const { keywords } = call;
  const nargs = keywords.get('nargs');
  if (flag === null || (nargs !== undefined && pythonLiteral(tree, nargs)?.value !== '?')) return null;
  const action = keywords.get('action');
  const given = pythonLiteral(tree, keywords.get('default'));
  if (action !== undefined) return actionOption(tree, call, flag, action, given);
  const type = typeName(tree, keywords.get('type'));
  const truth = type === 'bool' ? BOOL_WORDS : WORDS;
  return option(tree, call, flag, typed(given, type), { form: 'value', prefix: `${flag}=`, truth, quoted: false });
}

function actionOption(
  tree: SyntaxTree,
  call: PythonCall,
  flag: string,
  action: SyntaxNode,
  given: Literal | null,
): Setting | null {
  const name = pythonLiteral(tree, action)?.value ?? textOf(tree, action).slice(-'BooleanOptionalAction'.length);
  if (name === 'store') {
    return option(tree, call, flag, given, { form: 'value', prefix: `${flag}=`, truth: WORDS, quoted: false });
  }
  if (name === 'BooleanOptionalAction') {
    const off = flag.replace(/^--/, '--no-');
    return given?.kind === 'boolean' ? option(tree, call, flag, given, { form: 'switch', on: flag, off }) : null;
  }
  /* The knob says whether the word is there; what that sets is the program's. */
  const idle = name === 'store_true' ? given?.value !== true : name === 'store_false' && given?.value !== false;
  return idle ? switchOption(call, flag) : null;
}

function switchOption(call: PythonCall, flag: string): Setting {
  const name = optionName(flag);
  const spelling: Spelling = { form: 'switch', on: flag, off: null };
  const at = call.node.from;
  return { name, how: 'option', kind: 'boolean', value: false, at, literal: null, choices: null, spelling };
}

function clickOption(tree: SyntaxTree, call: PythonCall): Setting | null {
  const both = longFlag(tree, call);
  const { keywords } = call;
  if (both === null || ['multiple', 'nargs', 'count'].some((keyword) => keywords.has(keyword))) return null;
  const [flag = '', off] = both.split('/').map((word) => word.trim());
  const given = pythonLiteral(tree, keywords.get('default'));
  if (off !== undefined) {
    return given?.kind === 'boolean' ? option(tree, call, flag, given, { form: 'switch', on: flag, off }) : null;
  }
  if (pythonLiteral(tree, keywords.get('is_flag'))?.value === true) {
    return given === null || given.value === false ? switchOption(call, flag) : null;
  }
  const type = keywords.get('type');
  const setting = option(tree, call, flag, typed(given, typeName(tree, type)), {
    form: 'value',
    /* Of `-b=32` click reads "=32". */
    prefix: flag.startsWith('--') ? `${flag}=` : flag,
    truth: WORDS,
    quoted: false,
  });
  const list = type && childOf(type, 'ArgList')?.children.find((child) => child.type.endsWith('Expression'));
  return setting && { ...setting, choices: choicesOf(tree, list) ?? setting.choices };
}

function abslFlag(tree: SyntaxTree, call: PythonCall): Setting | null {
  const [nameNode, defaultNode, values] = call.positional;
  const name = pythonLiteral(tree, nameNode)?.value;
  if (typeof name !== 'string') return null;
  const type = call.name.replace('DEFINE_', '');
  const given = typed(pythonLiteral(tree, defaultNode ?? call.keywords.get('default')), type);
  const spelling: Spelling = {
    form: 'value',
    prefix: `--${name}=`,
    truth: { on: 'true', off: 'false' },
    quoted: false,
  };
  const setting = option(tree, call, `--${name}`, given, spelling);
  return setting && { ...setting, choices: type === 'enum' ? choicesOf(tree, values) : null };
}

function paramCall(tree: SyntaxTree, call: PythonCall, cast: string): Setting | null {
  const name = pythonLiteral(tree, call.positional[0])?.value;
  const literal = typed(pythonLiteral(tree, call.positional[1] ?? call.keywords.get('default')), cast);
  if (typeof name !== 'string' || literal === null) return null;
  const choices = choicesOf(tree, call.keywords.get('choices'));
  return { ...scalarOf(literal), name, how: 'call', at: literal.from, literal, choices, spelling: null };
}

/** A look into the environment: what a program without `mle.py` writes for `mle.param("rate", 0.1)`. */
function environmentCall(tree: SyntaxTree, call: PythonCall, cast: string): Setting | null {
  const variable = pythonLiteral(tree, call.positional[0])?.value;
  const name = typeof variable === 'string' ? /^MLE_PARAM_(\w+)$/.exec(variable)?.[1] : undefined;
  const given = pythonLiteral(tree, call.positional[1]);
  if (name === undefined || given === null) return null;
  const literal = typed(given, cast) ?? given;
  return {
    ...scalarOf(literal),
    name: name.toLowerCase(),
    how: 'call',
    at: literal.from,
    literal,
    choices: null,
    spelling: null,
  };
}

function option(
  tree: SyntaxTree,
  call: PythonCall,
  flag: string,
  literal: Literal | null,
  spelling: Spelling,
): Setting | null {
  if (literal === null) return null;
  const name = optionName(flag);
  const choices = choicesOf(tree, call.keywords.get('choices'));
  return { ...scalarOf(literal), name, how: 'option', at: literal.from, literal, choices, spelling };
}

/** Of `--batch-size`: `batch_size`. */
export function optionName(flag: string): string {
  return flag.replace(/^-+/, '').replaceAll('-', '_');
}

/** The long word that is the name in the program, else the first. What has no word with dashes has a place instead. */
function longFlag(tree: SyntaxTree, { positional, keywords }: PythonCall): string | null {
  const words = positional.flatMap((node) => {
    const value = pythonLiteral(tree, node)?.value;
    return typeof value === 'string' && value.startsWith('-') ? [value] : [];
  });
  const long = words.filter((word) => word.startsWith('--'));
  const dest = pythonLiteral(tree, keywords.get('dest'))?.value;
  return long.find((word) => optionName(word) === dest) ?? long[0] ?? words[0] ?? null;
}

/** By the last name of the type that a declaration gives. */
const KINDS: ReadonlyMap<string, ScalarKind> = new Map([
  ...['int', 'integer', 'INT', 'IntRange'].map((name) => [name, 'integer'] as const),
  ...['float', 'FLOAT', 'FloatRange'].map((name) => [name, 'number'] as const),
  ...['str', 'string', 'enum', 'STRING'].map((name) => [name, 'text'] as const),
  ...['bool', 'boolean', 'BOOL'].map((name) => [name, 'boolean'] as const),
]);

/** The last name of a type such as `click.IntRange(1, 9)`. */
export function typeName(tree: SyntaxTree, type: SyntaxNode | undefined): string {
  let node = type;
  while (node?.type === 'CallExpression') node = node.children[0];
  if (node?.type === 'TypeDef' || node?.type === 'MemberExpression') node = node.children.at(-1);
  return node?.type === 'VariableName' || node?.type === 'PropertyName' ? textOf(tree, node) : '';
}

/** The default as the declared type makes it: `type=float, default=1` is a number. */
export function typed(literal: Literal | null, type: string): Literal | null {
  const kind = KINDS.get(type);
  if (literal === null || kind === undefined || kind === literal.kind) return literal;
  const { value } = literal;
  if (kind === 'text') return typeof value === 'boolean' ? literal : { ...literal, kind, value: String(value) };
  if (kind === 'boolean') return literal;
  const number = fittedValue(kind, value);
  return number === null ? literal : { ...literal, ...digitsOf(literal), kind, value: number };
}

/** Where the digits stand that a text holds: `"0.1"` is edited between its quotes. */
function digitsOf({ value, from, to }: Literal): { from: number; to: number } {
  const quoted = typeof value === 'string' && to - from === value.length + 2;
  return quoted ? { from: from + 1, to: to - 1 } : { from, to };
}

function scalarOf({ kind, value }: Scalar): Scalar {
  return { kind, value };
}

function choicesOf(tree: SyntaxTree, list: SyntaxNode | undefined): Setting['choices'] {
  return allValues(tree, elementsOf(list));
}

/** The values of literals, or null where one of them is none. */
export function allValues(tree: SyntaxTree, nodes: readonly SyntaxNode[]): Setting['choices'] {
  const literals = nodes.map((node) => pythonLiteral(tree, node)?.value);
  const values = literals.flatMap((value) => value ?? []);
  return values.length > 0 && values.length === literals.length ? values : null;
}
