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
    // They guard against what hangs; a machine may be busy with ten other things.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
