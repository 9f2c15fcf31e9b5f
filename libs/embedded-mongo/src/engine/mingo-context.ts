import { Context, ProcessingMode } from 'mingo/core';
import * as accumulator from 'mingo/operators/accumulator';
import * as expression from 'mingo/operators/expression';
import * as pipeline from 'mingo/operators/pipeline';
import * as projection from 'mingo/operators/projection';
import * as query from 'mingo/operators/query';
import * as window from 'mingo/operators/window';
import { queryOverrides } from './query-operators.js';

const queryOps = { ...query, ...queryOverrides };

/** All of mingo's operators, with MongoDB's comparison in place of its own. Code from a client is never run. */
export const mingoOperators = { accumulator, expression, pipeline, projection, query: queryOps, window };

export const queryOptions = {
  idKey: '_id',
  scriptEnabled: false,
  useStrictMode: true,
  failOnError: true,
  processingMode: ProcessingMode.CLONE_OFF,
  context: Context.init(mingoOperators),
};
