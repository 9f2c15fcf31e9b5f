export type Phase = 'train' | 'val' | 'test' | 'eval';
/** `batch` counts within an epoch or a bar; `outer` is a loop around whole trainings. */
export type PlaceKind = 'epoch' | 'step' | 'batch' | 'outer';

const words = (text: string): Set<string> => new Set(text.trim().split(/\s+/));

/** Measures of a model. A name with one of these is a metric wherever it stands. */
export const METRICS = words(`
  loss losses logloss acc accs accuracy accuracies error err auc auroc auprc aucpr roc ap map ar precision prec recall f1 f2 fscore fbeta iou miou giou dice jaccard
  mse rmse mae mape smape wape msle rmsle mase nmse r2 rsquared ppl perplexity bleu rouge rouge1 rouge2 rougel meteor cider chrf wer cer reward rewards rew return returns score scores kl kld elbo
  nll bce ce xent crossentropy entropy deviance psnr ssim lpips fid fid50k kid kid50k kappa mcc mrr ndcg hits top1 top3 top5 specificity sensitivity likelihood gap regret advantage silhouette ari nmi inertia purity
  bpb bpc bpd eer spearman pearson correlation corr cost objective fitness gini hinge brier ece chamfer improve improvement divergence metric norm grad gradnorm criterion
  r² tpr fpr tnr fnr explained win winrate success corrcoef oob hter dsc hd95 epe determination
`);
/** Measures that are called coefficients. */
export const COEFFICIENTS = words(
  'dice jaccard sorensen tversky correlation matthews pearson spearman silhouette gini kappa',
);
/** Endings of names that are written in one word: `trainloss`. */
export const METRIC_ENDINGS = ['loss', 'accuracy', 'error', 'entropy', 'reward', 'score'];

/** A name with one of these measures the machine, the clock or the data, not the model. */
export const NEVER = words(`
  time times timing dur data wpb eta elapsed remaining runtime duration second seconds secs sec ms minutes min_left hours wall date timestamp ts clock took speed throughput wps ups ips fps qps tps mfu_pct rate_per
  memory mem maxmem vram ram gpu gpus gpuutil cpu cpus util utilization temp disk power watts bytes kb mb gb mib gib
  version port pid ppid host hostname ip address url token tokens seed rank ranks world worker workers thread threads process processes device devices node nodes cuda job jobs
  path file files line lineno lines row rows col cols column columns offset index idx id ids uid group groups shape sizes size width height channels resolution dtype
  params param parameters parameter count counts counter num number total_params sample samples images image instances examples classes labels features records vocab
  patience retry retries attempt attempts timeout limit quota level exit code status signal errno year month day total remaining_time left queue buffer capacity support zs
  ckpt checkpoint checkpoints uptime frames per improved decreased increased skipped sents listening stopped bins positive positives negative negatives
`);
/** How many of these there are is told, unless a word before them says something else. */
export const COUNTED = words(
  'epoch epochs iter iteration iterations step steps batch batches timesteps updates update trials folds rounds episodes t',
);
export const COUNTING = words(
  'num n nb total max min maximum minimum per warmup global train training val valid validation test eval env current cur last first best log logging save number no mini micro grad early done elapsed skipped nan consumed',
);
/** Before `cost` these make it one of time. */
export const TIMED_COSTS = words('time batch reader data');
/**
 * Of these only a machine or a configuration speaks: what stands beside them is none of ours, unless its name says so.
 */
export const SUSPICIOUS = words(`
  port pid ppid host hostname ip seed workers version rows cols path line token url shape epochs batch_size batchsize hidden layers dropout optimizer patience timeout classes
`);
/**
 * What a person sets before the training. Some of it changes while the training goes on: then it stands beside a
 * metric.
 */
export const SETTINGS = words(`
  momentum mom decay wd gamma beta betas beta1 beta2 alpha epsilon eps tau temperature temperatures dropout warmup scale weight weights coef coefficient threshold thresh margin
  hidden layers layer heads dim dims depth factor interval freq frequency ratio schedule scheduler clip target percentile quantile stride kernel padding dilation bs bsz degree rank_k neurons units
  smoothing lambda lam lambda1 lambda2 rho bias config type mode accumulation scaler goal needed
`);
/** Settings that a training changes as it goes. */
export const COURSE_SETTINGS = words(
  'lr lrs momentum mom wd decay epsilon eps temperature tau beta alpha scale gamma lambda lam bias',
);

/** The first word of a line that tells of an event, and of the numbers in it nothing new. */
export const EVENTS = words(`
  saved saving save loaded loading load resuming resumed resume restoring restored restore starting started start downloading downloaded extracting reading writing wrote created creating building built
  initializing initialized using config configuration configs args arguments namespace hparams hyperparameters hyperparams settings options opt opts usage warning warnings traceback
  requirement collecting installing found detected listening connecting connected compiling early earlystopping stopping skipping launching launch parameters params wandb fitting deprecated
  checkpoint checkpointing lightgbm exporting uploading copying evaluating_on setting set command cmd python cuda torch
`);
/** Before a dictionary: what it holds is a configuration. */
export const CONFIG_HEADS = words(`
  config configuration configs cfg args arguments namespace hparams hyperparameters hyperparams settings options params parameters parameter kwargs opt opts defaults space grid schema setup environment env
`);
/** So do these, where the dictionary tells no measure: `0.96 using {…}`. */
export const CONFIG_JOINTS = words('using with for');

/** Words of a sentence between which a name begins or ends. */
export const STOP_WORDS = words(`
  the a an is are was were of on at in to from with and for over by after before has have had got our your its this that than then now new done finished completed complete had reached it
  so far only achieved equals as using under while when until each every per
`);

export const ARTICLES = words('the a an our your its this that');
/** Before `of` these keep what follows from being the measure itself. */
export const STATISTICS = words(
  'std stdev stddev deviation variance var mean average avg median sum min max minimum maximum coefficient',
);

export const PHASES: Readonly<Record<string, Phase>> = {
  train: 'train',
  training: 'train',
  trn: 'train',
  trainset: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  validating: 'val',
  dev: 'val',
  'val.': 'val',
  test: 'test',
  testing: 'test',
  tst: 'test',
  eval: 'eval',
  evaluation: 'eval',
  evaluating: 'eval',
  evaluate: 'eval',
  holdout: 'test',
};
/** What is told under such a name is a phase: `"split": "val"`. */
export const PHASE_KEYS = words('split mode phase stage subset set partition');
/** Beside a phase these still say nothing but the phase: `Test set:`, `Validation results:`. */
export const PHASE_COMPANY = words(
  'set error results result metrics metric phase step epoch stats summary dataset data split loop mode on subset final performance report scores',
);

/** What is told under such a word is about all folds. */
export const OVERALL = words('overall cv oof cross');
/** So is a mean, where the folds have no epochs. */
export const MEANS = words('mean average avg');
/** A value under such a word is told once, about the whole run. */
export const BEST_WORDS = words('best final');

export const PLACES: Readonly<Record<string, PlaceKind>> = {
  epoch: 'epoch',
  epoche: 'epoch',
  ep: 'epoch',
  epo: 'epoch',
  step: 'step',
  steps: 'step',
  iter: 'step',
  iteration: 'step',
  iters: 'step',
  it: 'step',
  itr: 'step',
  update: 'step',
  generation: 'step',
  gen: 'step',
  timestep: 'step',
  timesteps: 'step',
  niter: 'step',
  episode: 'step',
  round: 'step',
  globalstep: 'step',
  numupdates: 'step',
  itercount: 'step',
  boostinground: 'step',
  totaltimesteps: 'step',
  numtimesteps: 'step',
  batch: 'batch',
  minibatch: 'batch',
  batchidx: 'batch',
  mb: 'batch',
  trial: 'outer',
  run: 'outer',
  fold: 'outer',
  kfold: 'outer',
};
/** At the head of a line single letters count too. */
export const HEAD_PLACES: Readonly<Record<string, PlaceKind>> = { e: 'epoch', i: 'step', t: 'step' };
/** Before a word of place these leave it one. */
export const PLACE_MODIFIERS = words(
  'global train training current curr cur env eval val validation valid test outer inner opt optimizer gradient this epoch',
);
/** Behind a word of place these leave it one: `Episode Num: 5`, `Iteration No: 3`. */
export const PLACE_NUMBERS = words('num no nr number idx index');
/** Before a word of place these make it a length or an end, not a place. */
export const PLACE_DENIERS = words('best total max maximum num per over last final every stopped stop number by');
/** Of these the word of place alone, in the plural, is a setting: `epochs: 40`. */
export const PLURAL_PLACES = words('steps timesteps');
/** At the head of a line that tells measures these may count too: told again and again, they are a place. */
export const HEAD_PLURALS = words('steps timesteps iterations');
/** The word of a place that one of these tells. */
export const PLURAL_WORD = 'steps:';

/** What numbers are printed in. */
export const WRAPPERS = new Set([
  'tensor',
  'Tensor',
  'np.float64',
  'np.float32',
  'float64',
  'float32',
  'float',
  'Array',
  'DeviceArray',
  'array',
  'tf.Tensor',
  'torch.tensor',
  'np.array',
]);
