import type { ArtifactView } from '@mle/protocol';
import { pictureAt, pictureSeries } from './picture-series';
import { IMAGE_BYTES } from './preview-kind';

const file = (path: string, size = 9) => ({ path, size }) as ArtifactView;

describe('pictures of a run', () => {
  const series = pictureSeries([
    file('boundary-10.png'),
    file('boundary-2.png'),
    file('model.bin'),
    file('final.svg'),
    file('digits/9.png'),
    file('huge-1.png', IMAGE_BYTES + 1),
  ]);

  it('are series by their names', () => {
    expect(series.map(({ name, pictures }) => [name, ...pictures.map(({ step }) => step)])).toEqual([
      ['boundary.png', 2, 10],
      ['digits/.png', 9],
      ['final.svg', 0],
    ]);
  });

  it('are found by step', () => {
    const [boundary] = series;
    if (!boundary) throw new Error('no series');
    expect([1, 2, 9, 10, 99].map((step) => pictureAt(boundary, step)?.step)).toEqual([2, 2, 2, 10, 10]);
    expect(pictureAt({ name: '', pictures: [] }, 1)).toBeNull();
  });
});
