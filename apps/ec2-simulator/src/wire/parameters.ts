import { ServiceError } from './service-error.js';

/**
 * The parameters of a Query request. Structures and lists are written with dots, and lists count from 1:
 * `Filter.1.Value.2=x` is the second value of the first filter.
 */
export class Parameters {
  private constructor(
    private readonly values: ReadonlyMap<string, string>,
    /** Every name and every beginning of one that ends at a dot. */
    private readonly nodes: ReadonlySet<string>,
    private readonly prefix: string,
  ) {}

  static parse(body: string): Parameters {
    const values = new Map(new URLSearchParams(body));
    const nodes = new Set<string>();
    for (const name of values.keys()) {
      if (name.length > 200) throw new ServiceError('InvalidParameter', 'The name of a parameter is too long.');
      for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) nodes.add(name.slice(0, dot));
      nodes.add(name);
    }
    return new Parameters(values, nodes, '');
  }

  text(name: string): string | undefined {
    return this.values.get(this.prefix + name);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined && value !== '') return value;
    throw new ServiceError('MissingParameter', `The request must contain the parameter ${this.prefix}${name}`);
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^-?\d{1,9}$/.test(value)) return Number(value);
    throw new ServiceError('InvalidParameterValue', `Value (${value}) for parameter ${this.prefix}${name} is invalid.`);
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value === 'true' || value === 'false') return value === 'true';
    throw new ServiceError('InvalidParameterValue', `Value (${value}) for parameter ${this.prefix}${name} is invalid.`);
  }

  date(name: string): Date | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const date = new Date(value);
    if (!Number.isNaN(date.getTime())) return date;
    throw new ServiceError('InvalidParameterValue', `Value (${value}) for parameter ${this.prefix}${name} is invalid.`);
  }

  has(name: string): boolean {
    return this.nodes.has(this.prefix + name);
  }

  /** A list of plain values. */
  list(name: string): string[] {
    const found: string[] = [];
    for (let value = this.text(`${name}.1`); value !== undefined; value = this.text(`${name}.${found.length + 1}`)) {
      found.push(value);
    }
    return found;
  }

  structure(name: string): Parameters {
    return new Parameters(this.values, this.nodes, `${this.prefix}${name}.`);
  }

  /** A list of structures. */
  structures(name: string): Parameters[] {
    const found: Parameters[] = [];
    while (this.has(`${name}.${found.length + 1}`)) found.push(this.structure(`${name}.${found.length + 1}`));
    return found;
  }

  /** All that was asked for, in one order, without the names given. */
  fingerprint(without: readonly string[]): string {
    const entries = [...this.values].filter(([name]) => !without.includes(name));
    return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
