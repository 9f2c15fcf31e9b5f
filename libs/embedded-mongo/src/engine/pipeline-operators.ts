import type { Iterator as LazyIterator } from 'mingo/lazy';
import { Lazy } from 'mingo/lazy';
import { $lookup } from 'mingo/operators/pipeline';
import { compareValues } from '../bson/compare.js';
import { type Document, isDocument, setOwn } from '../bson/document.js';
import type { Databases } from './database.js';
import { findDecoded } from './find.js';
import { indexValues, reach } from './paths.js';
import { readSort } from './planner.js';

type PipelineOperator = typeof $lookup;
type Stage = (documents: LazyIterator, specification: unknown, options: Parameters<typeof $lookup>[2]) => LazyIterator;

/** Stages that know the store: `$lookup` goes through indexes, `$sort` compares as MongoDB does. */
export function pipelineOverrides(databases: Databases, database: string): Record<string, PipelineOperator> {
  const lookup: Stage = (documents, specification, options) => {
    const wanted = isDocument(specification) ? specification : {};
    const { from, localField, foreignField, as } = wanted;
    const simple =
      wanted['pipeline'] === undefined &&
      [from, localField, foreignField, as].every((item) => typeof item === 'string');
    if (!simple) return $lookup(documents, wanted as unknown as Parameters<typeof $lookup>[1], options);
    const foreign = databases.find(database, String(from));
    return documents.map((item) => {
      const document = item as Document;
      const values = reach(document, String(localField)).values.flatMap((value) =>
        Array.isArray(value) ? (value as unknown[]) : [value],
      );
      const filter = { [String(foreignField)]: { $in: values.length > 0 ? values : [null] } };
      const joined = foreign === undefined ? [] : [...findDecoded(foreign, { filter }, null)];
      const result = { ...document };
      setOwn(result, String(as), joined);
      return result;
    });
  };
  return { $lookup: lookup, $sort: sort };
}

const sort: Stage = (documents, specification) => {
  const order = readSort(specification);
  return documents.transform((items) => {
    const keyed = (items as Document[]).map((document) => ({
      document,
      keys: order.map(([path, descending]) => sortValue(document, path, descending)),
    }));
    keyed.sort((a, b) => {
      for (const [i, [, descending]] of order.entries()) {
        const difference = compareValues(a.keys[i], b.keys[i]);
        if (difference !== 0) return descending ? -difference : difference;
      }
      return 0;
    });
    return Lazy(keyed.map(({ document }) => document));
  });
};

/** Of an array the smallest value counts when ascending, the largest when descending. */
function sortValue(document: Document, path: string, descending: boolean): unknown {
  const { values } = indexValues(document, path);
  return values.reduce((best, value) => (compareValues(value, best) < 0 !== descending ? value : best), values[0]);
}
