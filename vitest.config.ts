import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'test/house/**/*.test.ts',
      'test/sdk/**/*.test.ts',
      'test/fuzz/**/*.test.ts',
      'test/signed/**/*.test.ts',
    ],
    testTimeout: 20_000,
  },
});
