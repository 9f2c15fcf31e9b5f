import { isDocument, promoteDocument } from '../bson/document.js';
import { type PreparedFind, prepareFind } from '../engine/find.js';
import { CommandError } from '../errors/command-error.js';
import { type Command, CommandContext } from './command-context.js';
import { drain } from './cursor-store.js';
import { explainRequest } from './read-commands.js';

const explain: Command = async (context) => {
  const inner = context.body['explain'];
  if (!isDocument(inner)) throw new CommandError('TypeMismatch', "The 'explain' field must be an object");
  const name = Object.keys(inner)[0] ?? '';
  const body = { ...inner, $db: context.database };
  const explained = new CommandContext(name, body, new Map(), context.connectionId, context.databases, context.cursors);
  const request = explainRequest(explained);
  const collection = explained.collection();
  const parsedQuery = promoteDocument(request.filter);
  if (collection === undefined) {
    return {
      queryPlanner: { namespace: explained.namespace, parsedQuery, winningPlan: { stage: 'EOF' }, rejectedPlans: [] },
    };
  }
  const find = prepareFind(collection, request);
  const queryPlanner = {
    namespace: explained.namespace,
    parsedQuery,
    winningPlan: winningPlan(find, request.limit ?? 0),
    rejectedPlans: [],
  };
  if (context.body['verbosity'] === 'queryPlanner') return { explainVersion: '1', queryPlanner };
  let nReturned = 0;
  const started = performance.now();
  await drain(find.results, () => nReturned++);
  const { keysExamined, docsExamined } = find.statistics;
  const executionStats = {
    executionSuccess: true,
    nReturned,
    executionTimeMillis: Math.round(performance.now() - started),
    totalKeysExamined: find.plan.index === null && !find.plan.bounded ? 0 : keysExamined,
    totalDocsExamined: docsExamined,
  };
  return { explainVersion: '1', queryPlanner, executionStats };
};

function winningPlan({ plan, sort }: PreparedFind, limit: number): Record<string, unknown> {
  const direction = plan.reverse ? 'backward' : 'forward';
  const indexed = plan.index !== null || plan.bounded;
  const scan = indexed
    ? {
        stage: 'FETCH',
        inputStage: {
          stage: 'IXSCAN',
          indexName: plan.index?.definition.name ?? '_id_',
          keyPattern: plan.index?.definition.key ?? { _id: 1 },
          isMultiKey: plan.index?.definition.multikey ?? false,
          isUnique: plan.index?.definition.unique ?? true,
          direction,
          ranges: plan.ranges.length,
          merged: plan.merge,
        },
      }
    : { stage: 'COLLSCAN', direction };
  const sorted = plan.sorted
    ? scan
    : {
        stage: 'SORT',
        sortPattern: Object.fromEntries(sort.map(([path, down]) => [path, down ? -1 : 1])),
        inputStage: scan,
      };
  return limit > 0 ? { stage: 'LIMIT', limitAmount: limit, inputStage: sorted } : sorted;
}

/** Says how a command would be carried out. */
export const explainCommands: Record<string, Command> = { explain };
