/** The value below which the share `p` (0 to 1) of the sorted samples lies. */
export function percentile(samples, p) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}

export const ms = (value) => `${value.toFixed(1)} ms`;
