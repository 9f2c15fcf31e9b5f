import { type FindItem, findItems } from './find-items';

const item = (kind: FindItem['kind'], text: string, more = ''): FindItem => ({
  kind,
  id: text,
  text,
  more,
  icon: 'file',
});
const items = [
  item('Page', 'Runs'),
  item('Command', 'Dark theme'),
  item('File', 'nets/deep.py'),
  item('File', 'train.py'),
  item('Run', '#7 train.py', 'failed, gpu'),
  item('Machine', 'lab-2', 'online'),
];
const found = (query: string) => findItems(items, query).map(({ text }) => text);

describe('findItems', () => {
  it('shows the first ones while nothing is typed', () => expect(found('')).toHaveLength(6));

  it.each([
    ['train', ['train.py', '#7 train.py']],
    ['theme', ['Dark theme']],
    ['command', ['Dark theme']],
    ['deep', ['nets/deep.py']],
    ['failed train', ['#7 train.py']],
    ['7', ['#7 train.py']],
    ['run', ['Runs', '#7 train.py']],
    ['(', []],
    ['lab-2', ['lab-2']],
  ])('finds %s', (query, names) => expect(found(query)).toEqual(names));
});
