/** The pages of the top bar, with the second key of `G` that leads there. */
export const PAGES = [
  { path: '/code', label: 'Code', key: 'C' },
  { path: '/runs', label: 'Runs', key: 'R' },
  { path: '/graphs', label: 'Graphs', key: 'G' },
  { path: '/machines', label: 'Machines', key: 'M' },
  { path: '/settings', label: 'Settings', key: 'S' },
] as const;
