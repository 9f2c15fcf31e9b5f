import { type Document, isDocument, promoteDocument, toNumber } from '../bson/document.js';
import type { Collection } from '../engine/collection.js';
import type { Databases } from '../engine/database.js';
import { CommandError } from '../errors/command-error.js';
import type { CursorStore } from './cursor-store.js';

/** One command with all that it may need to be carried out. */
export class CommandContext {
  private promotedBody: Document | null = null;

  constructor(
    readonly name: string,
    /** The command as it came: numbers keep their BSON type. */
    readonly body: Document,
    readonly raw: ReadonlyMap<string, Buffer[]>,
    readonly connectionId: number,
    readonly databases: Databases,
    readonly cursors: CursorStore,
  ) {}

  /** The command with plain numbers, for filters and pipelines. */
  get plain(): Document {
    this.promotedBody ??= promoteDocument(this.body);
    return this.promotedBody;
  }

  get database(): string {
    const name = this.body['$db'];
    if (typeof name !== 'string' || name === '')
      throw new CommandError('InvalidNamespace', 'OP_MSG requests require a $db argument');
    return name;
  }

  /** The collection's name, which is the command's own value. */
  get collectionName(): string {
    const name = this.body[this.name];
    if (typeof name !== 'string' || name === '') {
      throw new CommandError('InvalidNamespace', `collection name has invalid type: ${this.name}`);
    }
    return name;
  }

  get namespace(): string {
    return `${this.database}.${this.collectionName}`;
  }

  collection(): Collection | undefined {
    return this.databases.find(this.database, this.collectionName);
  }

  /** A sub-document of the command, `{}` if it is not there. */
  documentAt(field: string): Document {
    const value = this.plain[field];
    if (value === undefined || value === null) return {};
    if (!isDocument(value)) throw new CommandError('TypeMismatch', `Expected field ${field} to be of type object`);
    return value;
  }

  /** A non-negative whole number of the command. */
  countAt(field: string, otherwise: number): number {
    const value = this.body[field];
    if (value === undefined || value === null) return otherwise;
    const number = toNumber(value);
    if (number === null) throw new CommandError('TypeMismatch', `Field '${field}' must be a number`);
    if (number < 0) throw new CommandError('BadValue', `Field '${field}' value must be >= 0, actual value '${number}'`);
    return Math.trunc(number);
  }

  /** Documents of the command, whether they came in its body or as a sequence. */
  statements(field: string, decodeRaw: (raw: Buffer) => Document): Document[] {
    const sequence = this.raw.get(field);
    const list = sequence?.map(decodeRaw) ?? this.body[field];
    if (!Array.isArray(list) || list.length === 0) {
      throw new CommandError(
        'InvalidOptions',
        `Write batch sizes must be between 1 and 100000. Got ${Array.isArray(list) ? 0 : 'no'} operations.`,
      );
    }
    return list as Document[];
  }

  /** Refuses language-specific comparison, which no index here knows. */
  refuseCollation(holder: Document = this.body): void {
    const collation = holder['collation'];
    if (isDocument(collation) && collation['locale'] !== 'simple') {
      throw new CommandError('CommandNotSupported', 'Collations are not supported by this server');
    }
  }
}

/** Carries out one command. The answer lacks only `ok`. */
export type Command = (context: CommandContext) => Document | Promise<Document>;
