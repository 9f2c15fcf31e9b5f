import angular from '@angular-eslint/eslint-plugin';
import template from '@angular-eslint/eslint-plugin-template';
import templateParser from '@angular-eslint/template-parser';
import nx from '@nx/eslint-plugin';
import sortImports from 'eslint-plugin-simple-import-sort';
import ts from 'typescript-eslint';

/** What only tests, and what they are made of, may import: what starts the parts, and the simulated EC2. */
const FOR_TESTS = ['scope:testing', 'scope:simulator'];
/** What a project of a scope may import. */
const boundaries = (...forTests) => [
  'error',
  {
    allow: [],
    depConstraints: [
      { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'], allowedExternalImports: ['zod'] },
      { sourceTag: 'scope:process', onlyDependOnLibsWithTags: [], allowedExternalImports: [] },
      {
        sourceTag: 'scope:store',
        onlyDependOnLibsWithTags: ['scope:store', 'scope:process', ...forTests],
        allowedExternalImports: ['bson', 'mingo', 'mingo/*', 'lmdb', 'mongoose', 'mongodb'],
      },
      { sourceTag: 'scope:api', onlyDependOnLibsWithTags: ['scope:api', 'scope:shared', ...forTests] },
      {
        sourceTag: 'scope:worker',
        onlyDependOnLibsWithTags: ['scope:worker', 'scope:shared', 'scope:process', ...forTests],
        bannedExternalImports: ['mongoose', 'mongodb', '@nestjs/*'],
      },
      {
        sourceTag: 'scope:web',
        onlyDependOnLibsWithTags: ['scope:web', 'scope:shared', ...forTests],
        bannedExternalImports: ['@nestjs/*', 'bullmq', 'ioredis', 'mongoose', 'mongodb'],
      },
      {
        sourceTag: 'scope:simulator',
        onlyDependOnLibsWithTags: ['scope:simulator', ...forTests],
        allowedExternalImports: ['zod', ...(forTests.length > 0 ? ['@aws-sdk/*', '@jest/globals'] : [])],
      },
      {
        sourceTag: 'scope:testing',
        onlyDependOnLibsWithTags: ['scope:shared'],
        allowedExternalImports: ['typescript'],
      },
      { sourceTag: 'scope:e2e', onlyDependOnLibsWithTags: ['scope:shared', 'scope:process', ...forTests] },
    ],
  },
];
const environment = { object: 'process', property: 'env', message: 'Read the environment once, in config/.' };

/** Rules that need no types. Those that need them, and the check of types itself, are in .oxlintrc.json. */
export default [
  {
    ignores: ['**/dist', '**/coverage', '**/.angular', '**/.nx', '**/data', '**/test-results', '**/playwright-report'],
  },
  ...ts.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mjs'],
    plugins: { 'simple-import-sort': sortImports },
    rules: {
      'simple-import-sort/imports': ['error', { groups: [['^node:', '^@?\\w', '^', '^\\.']] }],
      'simple-import-sort/exports': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(),
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      'no-restricted-properties': ['error', environment],
    },
  },
  {
    files: [
      '**/config/**/*.ts',
      '**/*.config.ts',
      '**/test/**/*.ts',
      'apps/e2e/**/*.ts',
      'libs/testing/**/*.ts',
      '**/*.spec.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/test/**/*.ts', 'apps/e2e/**/*.ts', '**/*.spec.ts', '**/test-setup.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(...FOR_TESTS),
    },
  },
  {
    files: ['apps/api/**/*.ts', 'apps/web/**/*.ts'],
    languageOptions: {
      // An import whose class only a decorated signature names is none of a type alone.
      parserOptions: { experimentalDecorators: true, emitDecoratorMetadata: true },
    },
  },
  {
    files: ['apps/web/**/*.ts'],
    plugins: { '@angular-eslint': angular },
    processor: template.processors['extract-inline-html'],
    rules: {
      ...angular.configs.recommended.rules,
      '@angular-eslint/component-selector': [
        'error',
        [
          { type: 'element', prefix: 'mle', style: 'kebab-case' },
          // A row of a table is no element of its own.
          { type: 'attribute', prefix: 'mle', style: 'camelCase' },
        ],
      ],
    },
  },
  {
    files: ['apps/web/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@mle/protocol',
              allowTypeImports: true,
              message: 'Its schemas and zod would be downloaded and evaluated with the page: name the module.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['apps/web/**/*.html'],
    plugins: { '@angular-eslint/template': template },
    languageOptions: { parser: templateParser },
    rules: { ...template.configs.recommended.rules, ...template.configs.accessibility?.rules },
  },
];
