/**
 * What `SummaryWriter` of PyTorch 1.13 with TensorBoard 2.21 wrote, by folder, for this program:
 *
 *     for i in range(3): w.add_scalar('Loss/train', 1 / (i + 1), i)
 *     for i in range(3): w.add_scalar('Accuracy', 0.5 + 0.1 * i, i, new_style=True)
 *     w.add_image('digits', torch.zeros(3, 4, 4), 2)
 *     w.add_scalars('pair', {'a': 1.0, 'b': 2.0}, 0)
 *     w.add_scalars('pair', {'a': 1.5, 'b': 2.5}, 1)
 */
export const BY_SUMMARY_WRITER: Readonly<Record<string, string>> = {
  '.': [
    'SAAAAAAAAAD+kkidCRmrKbIGw9pBGg1icmFpbi5FdmVudDoyUi4KLHRlbnNvcmJvYXJkLnN1bW1hcnkud3JpdGVyLmV2ZW50X2ZpbGVfd3JpdGVy',
    'xtSVtx4AAAAAAAAA2dwSMgkH8CmyBsPaQSoTChEKCkxvc3MvdHJhaW4VAACAP/mHLkQgAAAAAAAAACntqVAJ8/ApsgbD2kEQASoTChEKCkxvc3Mv',
    'dHJhaW4VAAAAP3x+AgEgAAAAAAAAACntqVAJJvEpsgbD2kEQAioTChEKCkxvc3MvdHJhaW4Vq6qqPthbfXYuAAAAAAAAAMXLV/oJ1fEpsgbD2kEq',
    'IwohCghBY2N1cmFjeUIICAEqBAAAAD9KCwoJCgdzY2FsYXJz5WVMoDAAAAAAAAAAlfXQXwkZ8imyBsPaQRABKiMKIQoIQWNjdXJhY3lCCAgBKgSa',
    'mRk/SgsKCQoHc2NhbGFyc6KlHFswAAAAAAAAAJX10F8JUPIpsgbD2kEQAiojCiEKCEFjY3VyYWN5QggIASoEMzMzP0oLCgkKB3NjYWxhcnPI3VX/',
    'ZgAAAAAAAAByO4dqCeOXN7IGw9pBEAIqWQpXCgZkaWdpdHMiTQgEEAQYAyJFiVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAADElE',
    'QVR4nGNgIB0AAAA0AAF2Xq7DAAAAAElFTkSuQmCCsYqCLg==',
  ].join(''),
  pair_a: [
    'SAAAAAAAAAD+kkidCeUFOrIGw9pBGg1icmFpbi5FdmVudDoyUi4KLHRlbnNvcmJvYXJkLnN1bW1hcnkud3JpdGVyLmV2ZW50X2ZpbGVfd3JpdGVy',
    'G1ghwhgAAAAAAAAAo39LIgnk6zeyBsPaQSoNCgsKBHBhaXIVAACAP6Xy570aAAAAAAAAABKb2C0JY0A7sgbD2kEQASoNCgsKBHBhaXIVAADAP99m',
    'dRM=',
  ].join(''),
  pair_b: [
    'SAAAAAAAAAD+kkidCd83O7IGw9pBGg1icmFpbi5FdmVudDoyUi4KLHRlbnNvcmJvYXJkLnN1bW1hcnkud3JpdGVyLmV2ZW50X2ZpbGVfd3JpdGVy',
    'HlycuhgAAAAAAAAAo39LIgnk6zeyBsPaQSoNCgsKBHBhaXIVAAAAQDSaR+EaAAAAAAAAABKb2C0JY0A7sgbD2kEQASoNCgsKBHBhaXIVAAAgQIbA',
    '4cE=',
  ].join(''),
};
