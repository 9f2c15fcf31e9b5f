// Written for any Node that knows modules: an old one has to get as far as the sentence.
const NEEDED_MAJOR = 20;
const NEEDED_MINOR = 19;

/**
 * @param {string} version as in `process.versions.node`
 * @returns {string | null} what is wrong with it, as a sentence
 */
function nodeVersionError(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > NEEDED_MAJOR || (major === NEEDED_MAJOR && minor >= NEEDED_MINOR);
  if (enough) return null;
  return (
    'ML Experimenter needs Node ' +
    NEEDED_MAJOR +
    '.' +
    NEEDED_MINOR +
    ' or later; this is Node ' +
    version +
    '. Install a newer one from https://nodejs.org.'
  );
}

/**
 * Loads the rest of a tool only where it can run.
 * @param {() => Promise<{ main: () => Promise<void> }>} load
 */
export function withNode(load) {
  const error = nodeVersionError(process.versions.node);
  if (error) {
    console.error(error);
    process.exitCode = 1;
    return;
  }
  load()
    .then((tool) => tool.main())
    .catch((/** @type {any} */ failure) => {
      console.error(failure && failure.name === 'Refusal' ? failure.message : failure);
      process.exit(1);
    });
}
