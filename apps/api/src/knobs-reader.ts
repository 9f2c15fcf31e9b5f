import { serveThread } from './platform/threads/serve-thread.js';
import { answerQuestion } from './projects/knobs/knobs-questions.js';

/** The thread that parses programs for their knobs. */
serveThread(answerQuestion);
