import { workerData } from 'node:worker_threads';
import { serveThread } from './platform/threads/serve-thread.js';
import { answerQuestion, type KnobsQuestion } from './projects/knobs/knobs-questions.js';
import { SnapshotTexts } from './projects/knobs/snapshot-texts.js';

const texts = new SnapshotTexts(workerData as string);

/** The thread that parses programs for their knobs. */
serveThread((question: KnobsQuestion) => answerQuestion(question, texts));
