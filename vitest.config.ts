import { defineConfig } from 'vitest/config';

/**
 * Limits only end what hangs. Whatever a test waits for takes as long as the machine takes, which may be busy with other things; no
 * limit is a judgement of how fast something is.
 */
export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'test/house/**/*.test.ts',
      'test/sdk/**/*.test.ts',
      'test/fuzz/**/*.test.ts',
      'test/signed/**/*.test.ts',
    ],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
