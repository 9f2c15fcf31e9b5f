import type { ArtifactView } from '@mle/protocol';
import { IMAGE_BYTES, imageType } from './preview-kind';

/** Pictures of one run that show the same thing at several steps: `boundary-2.png`, `boundary-4.png`. */
export interface PictureSeries {
  name: string;
  /** In the order of the steps; a picture alone has step 0. */
  pictures: { step: number; artifact: ArtifactView }[];
}

const STEP = /^(.*?)[-_]?(\d{1,9})(\.[^./]+)$/;

/** By name; a picture whose name ends in no number is a series of its own. */
export function pictureSeries(artifacts: readonly ArtifactView[]): PictureSeries[] {
  const found = new Map<string, PictureSeries>();
  for (const artifact of artifacts) {
    if (imageType(artifact.path) === null || artifact.size > IMAGE_BYTES) continue;
    const [, stem = artifact.path, step = '0', ending = ''] = STEP.exec(artifact.path) ?? [];
    const name = `${stem}${ending}`;
    const series = found.get(name) ?? { name, pictures: [] };
    found.set(name, series);
    series.pictures.push({ step: Number(step), artifact });
  }
  const all = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { pictures } of all) pictures.sort((a, b) => a.step - b.step);
  return all;
}

/** The picture at a step, else the nearest before it, else the first. */
export function pictureAt({ pictures }: PictureSeries, step: number): PictureSeries['pictures'][number] | null {
  return pictures.findLast((picture) => picture.step <= step) ?? pictures[0] ?? null;
}
