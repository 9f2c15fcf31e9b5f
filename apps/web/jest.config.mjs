import presets from 'jest-preset-angular/presets/index.js';
const root = new URL('../../', import.meta.url).pathname;
export default {
  ...presets.createEsmPreset({ tsconfig: '<rootDir>/tsconfig.spec.json' }),
  displayName: 'web',
  testEnvironment: 'jest-preset-angular/environments/jest-jsdom-env',
  rootDir: import.meta.dirname,
  setupFilesAfterEnv: ['<rootDir>/src/test-setup.ts'],
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  moduleNameMapper: {
    '^@mle/protocol$': `${root}libs/protocol/src/index.ts`,
    '^@mle/protocol/csv-cell$': `${root}libs/protocol/src/csv-cell.ts`,
    '^@mle/protocol/metric-direction$': `${root}libs/protocol/src/metric-direction.ts`,
    '^@mle/protocol/rounded-step$': `${root}libs/protocol/src/rounded-step.ts`,
    '^@mle/protocol/shown-change$': `${root}libs/protocol/src/shown-change.ts`,
    '^@mle/protocol/shown-number$': `${root}libs/protocol/src/shown-number.ts`,
    '^@mle/testing/hostile-texts$': `${root}libs/testing/src/hostile-texts.ts`,
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};
