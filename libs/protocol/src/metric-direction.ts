/** Whether less or more of a metric is better. */
export const METRIC_DIRECTIONS = ['lower', 'higher'] as const;
export type MetricDirection = (typeof METRIC_DIRECTIONS)[number];

const words = (text: string): Set<string> => new Set(text.trim().split(/\s+/));

const LOWER = words(`
  loss losses logloss error errors err deviance perplexity ppl nll bce ce xent crossentropy hinge huber
  mse rmse mae mape smape wape msle rmsle mase nmse nrmse rse rae mpe pinball brier ece eer hter wer cer ter mer fer der
  fid fid50k kid kid50k lpips kl kld divergence chamfer hausdorff hd95 bpb bpc bpd bpp inertia regret cost costs distortion
  misclassification fpr fnr residual residuals l1 l2 aic bic minade minfde ade fde epe
`);
const HIGHER = words(`
  accuracy accuracies acc accs auc auroc auprc aucpr roc ap map ar precision prec recall f1 fscore fbeta f2 iou miou giou jaccard dice
  r2 r² rsquared reward rewards rew return returns score scores bleu rouge rouge1 rouge2 rougel meteor cider spice chrf psnr ssim msssim
  mrr ndcg hit hits kappa mcc elbo likelihood sensitivity specificity tpr tnr ppv npv correct success win wins winrate fitness
  top1 top3 top5 silhouette ari nmi purity gini lift pearson spearman correlation corr ndcg10 coverage
`);
/** What the words before them measure is no longer what the number says. */
const NEITHER = words(
  'improvement improvements delta change weight weights coef coefficient scale scaling std var variance count ratio target threshold function lr',
);
const NEGATIONS = words('neg negative');
/** Scores of which less is better all the same. */
const LOWER_PHRASES = [
  'cross entropy',
  'binary entropy',
  'davies bouldin',
  'brier score',
  'hamming distance',
  'edit distance',
  'false positive',
  'false negative',
  'bits per',
];
const HIGHER_PHRASES = ['explained variance', 'exact match', 'pass 1'];
const ENDINGS: readonly [string, MetricDirection][] = [
  ['loss', 'lower'],
  ['error', 'lower'],
  ['crossentropy', 'lower'],
  ['accuracy', 'higher'],
  ['reward', 'higher'],
];
const LONGEST_NAME = 200;
const flipped = { lower: 'higher', higher: 'lower' } as const;

/** The words of a name, in lower case: `valLoss`, `val_loss` and `Val Loss` have the same ones. */
export function metricWords(name: string): string[] {
  const found: string[] = [];
  for (const part of name.slice(0, LONGEST_NAME).split(/[^\p{L}\p{N}]+/u)) {
    if (part === '') continue;
    const lower = part.toLowerCase();
    // A word with capitals inside, such as mAP or mIoU, is known as a whole.
    if (listed(lower) !== null) found.push(lower);
    else
      found.push(
        ...part.split(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u).map((word) => word.toLowerCase()),
      );
  }
  return found.includes('r') ? withRSquared(found) : found;
}

/** `R-squared` and `R^2` are one word. */
function withRSquared(words: readonly string[]): string[] {
  const isSquare = (at: number): boolean => words[at - 1] === 'r' && (words[at] === 'squared' || words[at] === '2');
  return words.flatMap((word, at) => (isSquare(at) ? [] : isSquare(at + 1) ? ['r2'] : [word]));
}

/** Which way is better, judged by the name alone; null where the name does not say it. */
export function metricDirection(name: string): MetricDirection | null {
  const found = metricWords(name);
  const text = ` ${found.join(' ')} `;
  const negated = found.some((word) => NEGATIONS.has(word));
  const has = (phrase: string): boolean => text.includes(` ${phrase} `);
  const direction = LOWER_PHRASES.some(has) ? 'lower' : HIGHER_PHRASES.some(has) ? 'higher' : lastDirection(found);
  return direction && negated ? flipped[direction] : direction;
}

/** The last word that says something decides: an error rate is an error, a loss improvement is not a loss. */
function lastDirection(found: readonly string[]): MetricDirection | null {
  for (const word of found.toReversed()) {
    if (NEITHER.has(word)) return null;
    const direction = directionOfWord(word);
    if (direction) return direction;
  }
  return null;
}

function directionOfWord(word: string): MetricDirection | null {
  return listed(word) ?? ENDINGS.find(([ending]) => word.endsWith(ending))?.[1] ?? null;
}

function listed(word: string): MetricDirection | null {
  const bare = word.replace(/\d{1,9}$/, '');
  if (LOWER.has(word) || LOWER.has(bare)) return 'lower';
  return HIGHER.has(word) || HIGHER.has(bare) ? 'higher' : null;
}
