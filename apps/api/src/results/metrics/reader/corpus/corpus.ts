import { bars } from './bars.js';
import { boosting } from './boosting.js';
import type { CorpusCase } from './corpus-case.js';
import { courses } from './courses.js';
import { dictionaries } from './dictionaries.js';
import { falseFinds } from './false-finds.js';
import { frameworks } from './frameworks.js';
import { languages } from './languages.js';
import { libraries } from './libraries.js';
import { plainLoops } from './plain-loops.js';
import { reinforcement } from './reinforcement.js';
import { results } from './results.js';
import { tables } from './tables.js';
import { toolkits } from './toolkits.js';

/** Outputs of all styles that the reader knows, and what is to be read of them. */
export const corpus: readonly CorpusCase[] = [
  ...plainLoops,
  ...bars,
  ...dictionaries,
  ...tables,
  ...boosting,
  ...libraries,
  ...frameworks,
  ...courses,
  ...toolkits,
  ...languages,
  ...results,
  ...reinforcement,
  ...falseFinds,
];
