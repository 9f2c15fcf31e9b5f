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

export default [
  {
    ignores: ['**/dist', '**/coverage', '**/.angular', '**/.nx', '**/data', '**/test-results', '**/playwright-report'],
  },
  ...ts.configs.recommended,
  ...ts.configs.strictTypeCheckedOnly.map((config) => ({ ...config, files: ['**/*.ts'] })),
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
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(),
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-misused-spread': [
        'error',
        { allow: ['string', { from: 'package', package: '@angular/material', name: 'MatDialogConfig' }] },
      ],
      // A field may change while a function awaits, and the type of what tests stop may be unset: both look needless here.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Mongoose and Material take plain objects for their option classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
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
      // Documents and replies that a test reads have no types of their own; a wrong one fails the test.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // The store is also tried with the calls of older clients.
      '@typescript-eslint/no-deprecated': 'off',
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
