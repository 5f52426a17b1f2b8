/** A setting that cannot be used; the message names it. */
export class ConfigError extends Error {
  constructor(setting: string, what: string) {
    super(`${setting}: ${what}`);
    this.name = 'ConfigError';
  }
}
