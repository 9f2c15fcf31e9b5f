import { mainFamily, metricFamilies } from './metric-families';

const read = (...names: string[]) =>
  metricFamilies(names).map(({ name, members }) => [
    name,
    ...members.map((one) => (one.held ? `(${one.name})` : one.name)),
  ]);

describe('metricFamilies', () => {
  it('joins what is learnt from and what is held out', () => {
    expect(read('loss', 'val_loss', 'accuracy')).toEqual([
      ['loss', 'loss', '(val_loss)'],
      ['accuracy', 'accuracy'],
    ]);
    expect(read('val/loss', 'train/loss', 'valLoss')).toEqual([['loss', 'train/loss', '(val/loss)', '(valLoss)']]);
    expect(read('acc_train', 'acc_test')).toEqual([['acc', 'acc_train', '(acc_test)']]);
  });

  it('takes no name apart that only begins like one', () => {
    expect(read('test', 'value', 'training_loss', 'trace', 'evaluation')).toEqual([
      ['test', 'test'],
      ['value', 'value'],
      ['loss', 'training_loss'],
      ['trace', 'trace'],
      ['evaluation', 'evaluation'],
    ]);
  });

  it('shows the first that has both', () => {
    expect(mainFamily(metricFamilies(['lr', 'loss', 'val_loss']))?.name).toBe('loss');
    expect(mainFamily(metricFamilies(['lr', 'loss']))?.name).toBe('lr');
    expect(mainFamily([])).toBeNull();
  });
});
