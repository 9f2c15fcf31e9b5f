import { withPackage } from './missing-package';

describe('withPackage', () => {
  it.each([
    ['', 'numpy', 'numpy\n'],
    ['torch', 'numpy', 'torch\nnumpy\n'],
    ['torch==2.4\n', 'numpy', 'torch==2.4\nnumpy\n'],
  ])('adds to %j', (text, name, expected) => expect(withPackage(text, name)).toBe(expected));

  it.each(['numpy', 'NumPy>=2 # for arrays\n', 'torch\nnumpy[extra]~=1.0\n'])('leaves %j, which has it', (text) =>
    expect(withPackage(text, 'numpy')).toBe(text),
  );
});
