import { type Document, isDocument } from '../bson/document.js';
import { topLevel } from './matcher.js';

/**
 * The top-level fields that a `$group` or `$sortByCount` reads, or null for another stage or when it reads whole
 * documents.
 */
export function groupFields(stage: Document): ReadonlySet<string> | null {
  const specification = stage['$group'] ?? stage['$sortByCount'];
  if (specification === undefined) return null;
  const fields = new Set<string>();
  return collect(specification, fields) ? fields : null;
}

function collect(expression: unknown, fields: Set<string>): boolean {
  if (typeof expression === 'string') {
    if (expression.startsWith('$$')) return expression === '$$NOW' || expression === '$$REMOVE';
    if (expression.startsWith('$')) fields.add(topLevel(expression.slice(1)));
    return true;
  }
  if (Array.isArray(expression)) return expression.every((item) => collect(item, fields));
  return !isDocument(expression) || Object.values(expression).every((item) => collect(item, fields));
}
