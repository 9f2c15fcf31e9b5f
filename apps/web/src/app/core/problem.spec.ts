import { HttpErrorResponse } from '@angular/common/http';
import { toRequestError } from './problem';

const problem = {
  type: 'about:blank',
  title: 'Bad Request',
  status: 400,
  detail: 'Give a name.',
  code: 'request.invalid',
  errors: [{ path: 'name', message: 'Use at most 80 characters.' }],
  correlationId: 'c1',
};

describe('toRequestError', () => {
  it('reads problem details, also where the answer was asked for as bytes', () => {
    for (const body of [problem, JSON.stringify(problem), new TextEncoder().encode(JSON.stringify(problem)).buffer]) {
      const error = toRequestError(new HttpErrorResponse({ status: 400, error: body }));
      expect(error).toMatchObject({
        message: 'Give a name.',
        status: 400,
        code: 'request.invalid',
        correlationId: 'c1',
      });
      expect(error.field('name')).toBe('Use at most 80 characters.');
      expect(error.field('login')).toBeNull();
    }
  });

  it('says in words what a silent or foreign server did', () => {
    expect(toRequestError(new HttpErrorResponse({ status: 0 }))).toMatchObject({
      offline: true,
      message: 'The server does not answer. Check that it runs, then try again.',
    });
    expect(toRequestError(new HttpErrorResponse({ status: 502, error: '<html>' })).message).toContain('(502)');
    expect(toRequestError(new Error('Broken')).message).toBe('Broken');
  });
});
