const disc = (x: number, y: number, r: number) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const dot = (x: number, y: number) => `M${x} ${y}h.01`;
const page = 'M4.5 2.5H9l3 3v8H4.5zM9 2.5v3h3';
const frame = 'M4 3h8a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 12 13H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 3z';
const shelf = 'M2.5 4.5a1 1 0 0 1 1-1h2.7L7.7 5h4.8a1 1 0 0 1 1 1v5.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1z';

/** Outlines in a 16 px box, drawn with a 1.4 px line. */
export const ICONS = {
  alert: `M8 3l5.7 10H2.3zM8 6.8v2.8${dot(8, 11.4)}`,
  back: 'M13 8H3.2M7.2 4l-4 4 4 4',
  branch: `${disc(4.8, 3.8, 1.5)}${disc(4.8, 12.2, 1.5)}${disc(11.2, 5.4, 1.5)}M4.8 5.3v5.4M11.2 6.9c0 2.4-3.6 1.9-5.6 3.9`,
  check: 'M3.2 8.6l3.1 3L12.8 5',
  chevronDown: 'M4.4 6.2L8 9.8l3.6-3.6',
  chevronRight: 'M6.2 4.4L9.8 8l-3.6 3.6',
  chevronUp: 'M4.4 9.8L8 6.2l3.6 3.6',
  clear: `${disc(8, 8, 5.4)}M4.3 11.7l7.4-7.4`,
  clock: `${disc(8, 8, 5.4)}M8 5v3.2l2 1.4`,
  code: 'M5.4 4.6L2 8l3.4 3.4M10.6 4.6L14 8l-3.4 3.4',
  collapse: 'M4.4 6.6L8 3.2l3.6 3.4M4.4 9.4L8 12.8l3.6-3.4',
  copy: 'M6.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1zM10.5 3.3a1 1 0 0 0-.9-.8H3.5a1 1 0 0 0-1 1v6.1a1 1 0 0 0 .8.9',
  download: 'M8 2.8v7M5 7l3 3 3-3M3 13h10',
  expand: 'M9.5 3H13v3.5M13 3L9.2 6.8M6.5 13H3V9.5M3 13l3.8-3.8',
  file: page,
  fileCode: `${page}M7.1 8L5.9 9.4l1.2 1.4M9.3 8l1.2 1.4-1.2 1.4`,
  filePlus: 'M7.5 13.5h-3v-11H9l3 3V8M9 2.5v3h3M11.5 10v4M9.5 12h4',
  folder: shelf,
  folderPlus: 'M7.5 12.5h-4a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1h2.7L7.7 5h4.8a1 1 0 0 1 1 1v2M11.5 10v4M9.5 12h4',
  follow: 'M8 3v9.4M4.2 8.8L8 12.6l3.8-3.8',
  image: `${frame}${disc(6, 6.4, 1)}M3 12l3.4-3.1 2.2 1.9 2-2 2.6 2.5`,
  info: `${disc(8, 8, 5.4)}M8 7.6v3.1${dot(8, 5.3)}`,
  key: `${disc(5.3, 10.7, 2.4)}M7 9l5.4-5.4M10.2 5.8L12 7.6`,
  keyboard: `M3.2 4h9.6a1.4 1.4 0 0 1 1.4 1.4v5.2a1.4 1.4 0 0 1-1.4 1.4H3.2a1.4 1.4 0 0 1-1.4-1.4V5.4A1.4 1.4 0 0 1 3.2 4z${dot(4.6, 6.6)}${dot(7, 6.6)}${dot(9.4, 6.6)}${dot(11.6, 6.6)}M5.5 9.6h5`,
  logout: 'M6.4 3H3.6a.8.8 0 0 0-.8.8v8.4c0 .4.4.8.8.8h2.8M6.6 8h6.8M10.7 5.3L13.4 8l-2.7 2.7',
  machine: 'M3.6 3h8.8a1 1 0 0 1 1 1v5.5a1 1 0 0 1-1 1H3.6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM8 10.5v2.7M6 13.2h4',
  menu: 'M2.8 4.5h10.4M2.8 8h10.4M2.8 11.5h10.4',
  moon: 'M13 9.4A5.3 5.3 0 1 1 6.6 3a4.3 4.3 0 0 0 6.4 6.4z',
  more: `${dot(3.6, 8)}${dot(8, 8)}${dot(12.4, 8)}`,
  move: 'M2.8 8h9.6M9 4.6L12.4 8 9 11.4M13.6 3.4v9.2',
  offline: 'M2.6 2.6l10.8 10.8M2.2 6.3a8.8 8.8 0 0 1 2.6-1.7M7.2 3.9a8.8 8.8 0 0 1 6.7 2.4M4.3 8.8a5.8 5.8 0 0 1 2.5-1.4M10.2 7.7a5.8 5.8 0 0 1 1.6 1.1M8 12.2h.01',
  pencil: 'M3 13l.6-2.6 7-7a1.1 1.1 0 0 1 1.5 0l.5.5a1.1 1.1 0 0 1 0 1.5l-7 7z',
  play: 'M5 3.7v8.6L12.2 8z',
  plus: 'M8 3.5v9M3.5 8h9',
  rerun: 'M13 8a5 5 0 1 1-1.5-3.6M13.2 2.5v2.7h-2.7',
  search: `${disc(7, 7, 4)}M10 10l3.2 3.2`,
  sliders: `M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6${disc(10, 5, 1.5)}${disc(6, 11, 1.5)}`,
  split: `${frame}M8 3v10`,
  stop: 'M5.2 4h5.6A1.2 1.2 0 0 1 12 5.2v5.6a1.2 1.2 0 0 1-1.2 1.2H5.2A1.2 1.2 0 0 1 4 10.8V5.2A1.2 1.2 0 0 1 5.2 4z',
  sun: `${disc(8, 8, 2.8)}M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1`,
  table: `${frame}M2.5 6.5h11M2.5 9.7h11M7 6.5V13`,
  tag: `M2.8 7.5V2.8h4.7l5.7 5.7-4.7 4.7z${dot(5.5, 5.5)}`,
  terminal: `${frame}M4.8 6.2l2 1.8-2 1.8M8.6 10h2.7`,
  trash: 'M3 4.5h10M6.3 4.5V3h3.4v1.5M4.3 4.5l.6 8.5h6.2l.6-8.5M6.8 7v3.5M9.2 7v3.5',
  upload: 'M8 10V3M5 5.8l3-3 3 3M3 13h10',
  user: `${disc(8, 5.4, 2.5)}M3.2 13.3c.5-2.6 2.4-3.7 4.8-3.7s4.3 1.1 4.8 3.7`,
  wrap: 'M2.5 4h11M2.5 8h8.4a2.3 2.3 0 0 1 0 4.6H8M9.8 10.8L8 12.6l1.8 1.8M2.5 12h3',
  x: 'M4.3 4.3l7.4 7.4M11.7 4.3l-7.4 7.4',
} as const;
export type IconName = keyof typeof ICONS;

/** Shapes that are areas, not lines. */
export const FILLED: ReadonlySet<IconName> = new Set(['play', 'stop']);
