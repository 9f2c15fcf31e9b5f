const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** The explicit limits that more than one process has to agree on. Sizes in bytes. */
export const LIMITS = {
  /** One output frame on the link. */
  outputFrameBytes: 64 * KiB,
  /** Output that the worker has sent and the server has not yet acknowledged, per attempt. */
  outputUnackedBytes: MiB,
  /** Output kept of one run before bytes are dropped under a marker. */
  outputQuotaBytes: GiB,
  /** A file that the editor opens. */
  editorFileBytes: 2 * MiB,
  /** A file of a project. */
  projectFileBytes: 4 * GiB,
  /** Files of a project. */
  projectFiles: 50_000,
  /** Runs, the newest, that are looked at for a word, a knob or a value of a metric, which have no index. */
  comparedRuns: 20_000,
  /** API tokens of a user that have not expired, and the longest time of one. */
  tokens: 50,
  tokenDays: 365,
  /** What is kept of the name that a browser gives itself. */
  browserNameChars: 200,
  /** A JSON request body. */
  jsonBodyBytes: MiB,
  /** One piece of a blob on the link. */
  blobChunkBytes: 256 * KiB,
  /** Pieces of a blob that may be under way unacknowledged. */
  blobChunksInFlight: 8,
  /** Small blobs that travel together in one piece. */
  blobsPerChunk: 500,
  /** Artifacts kept of one run, in bytes and in files; what comes after is listed as dropped. */
  artifactQuotaBytes: 10 * GiB,
  artifactFiles: 10_000,
  /** Dropped files that are listed by name. */
  artifactsDropped: 1_000,
  /** Artifacts of one message of the link. */
  artifactBatch: 200,
  /** Files listed that a run left in its workspace. */
  leftovers: 1_000,
  /** A path inside a project. */
  pathBytes: 1024,
  /** The largest message that the link carries, above the largest frame and its header. */
  linkMessageBytes: 4 * MiB,
  /** All that a connection to the link may send before it has proved whose it is. */
  strangerBytes: 64 * KiB,
  /** Connections to the link that have not proved whose they are, of one address and in all. */
  strangersPerAddress: 64,
  strangers: 512,
  /** A message of a browser: it asks, and sends no contents. */
  browserMessageBytes: 64 * KiB,
  /** Requests of one browser connection that are worked on at once, and that wait; one more closes it. */
  browserRequests: 4,
  browserRequestsWaiting: 500,
  /** WebSockets of one address and in all: each page has one, each worker a link and two to its queue. */
  socketsPerAddress: 2_000,
  sockets: 10_000,
  /** Series that the output of one attempt makes. */
  metricSeries: 200,
  /** Points of all series of one attempt. */
  metricPoints: 5_000_000,
  /** Points of one series that a chart is drawn by: those that were asked for, and every extremum. */
  chartPoints: 100_000,
  /** Items of one page of a list. */
  pageItems: 200,
  /** Blobs that are asked for in one message of the link, which has to hold their names. */
  blobsPerFetch: 25_000,
  /** Files of one snapshot: an installation may allow its projects more than the usual number. */
  manifestFiles: 1_000_000,
  /** Attempts that one worker answers for: many times its slots. */
  attemptsOfMachine: 256,
  gpusOfMachine: 256,
  /** What a machine's owner says of it: entries of each level, and bytes in all. */
  propertyEntries: 100,
  propertiesBytes: 16 * KiB,
  /** Knobs of a file: a person turns a few, and a table of constants would fill every list. */
  knobs: 500,
  /** Values of a knob that one sweep tries, seeds of each, and its runs. */
  sweepValues: 50,
  sweepSeeds: 100,
  sweepTrials: 500,
  /** Sweeps of one user that go on at once: each is looked at every second. */
  openSweeps: 20,
  /** Files that are named where two runs are compared, and characters of a text of them that is shown. */
  diffFiles: 20,
  diffChars: 256 * KiB,
  /** Parameters of a run, and variables of its environment. */
  runEntries: 500,
  /** Attempts of one run, and the states of one attempt. */
  attemptsOfRun: 1_000,
  statesOfAttempt: 10_000,
  /** Characters of a word or a few that a program says of itself or its machine. */
  wordChars: 255,
  /** Characters of a sentence for a person. */
  sentenceChars: 2_000,
  /** Characters of a command. */
  commandChars: 8_192,
  /** Characters of a value of a run's environment. */
  variableChars: 32_768,
  /** Characters of a path as it is listed, which may be too long for a project. */
  listedPathChars: 8_192,
  /** Characters of a secret: a credential, a token. */
  secretChars: 200,
  /** Characters of one field of a query, which travels in the head of a request. */
  queryChars: 16 * KiB,
  /** Fields of a refused request that are named. */
  fieldErrors: 100,
} as const;

/** Times of the link, in milliseconds. */
export const TIMING = {
  heartbeatMs: 1_000,
  /** A connection that has said nothing useful by then is closed: no worker's hello, no browser's namespace. */
  helloMs: 5_000,
  /** Silence after which a machine is shown offline. */
  offlineAfterMs: 5_000,
  /** Output is held at most this long to be sent in fewer frames. */
  outputCoalesceMs: 25,
  /** After SIGINT, before SIGTERM. */
  stopGraceMs: 10_000,
  /** After SIGTERM, before SIGKILL. */
  stopTermMs: 5_000,
} as const;

export const DEFAULT_LOST_AFTER_SECONDS = 60;
