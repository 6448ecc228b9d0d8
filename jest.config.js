/** @type {import('@swc/core').Options} */
const swc = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
  sourceMaps: 'inline',
};

const project = (name, folders, more = {}) => ({
  displayName: name,
  testEnvironment: '<rootDir>/test/support/leak-env.cjs',
  roots: folders.map((folder) => `<rootDir>/test/${folder}`),
  testMatch: ['**/*.test.ts'],
  transform: { '\\.ts$': ['@swc/jest', swc] },
  restoreMocks: true,
  ...more,
});

/** @type {import('jest').Config} */
export default {
  projects: [
    project('unit', ['unit', 'ladder', 'torture', 'fuzz', 'house']),
    project('compliance', ['compliance']),
    project('sim', ['sim'], { setupFiles: ['<rootDir>/test/support/give-way.ts'] }),
    project('system', ['system'], { runner: '<rootDir>/test/support/serial-runner.cjs' }),
  ],
  reporters: ['default', '<rootDir>/test/support/counts-reporter.cjs'],
};
