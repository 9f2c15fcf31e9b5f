/**
 * Signals a process group; nothing when it is gone.
 * @param {number} pid its leader
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone.
  }
}
