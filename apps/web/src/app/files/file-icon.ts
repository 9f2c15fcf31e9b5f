import type { IconName } from '../core/icon-shapes';

const CODE = /\.(py|m?js|cjs|ts|sh|bash|json|ya?ml|html|css|ipynb|toml|c|cpp|rs|go)$/i;
const IMAGE = /\.(png|jpe?g|gif|webp|svg|bmp|avif|ico)$/i;
const TABLE = /\.(csv|tsv|parquet)$/i;

export const isImage = (path: string): boolean => IMAGE.test(path);

export function fileIcon(name: string): IconName {
  if (CODE.test(name)) return 'fileCode';
  if (IMAGE.test(name)) return 'image';
  return TABLE.test(name) ? 'table' : 'file';
}
