import { answerQuestion } from './projects/knobs/knobs-questions.js';
import { serveThread } from './platform/threads/serve-thread.js';

/** The thread that parses programs for their knobs. */
serveThread(answerQuestion);
