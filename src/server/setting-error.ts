/** What the operator must put right before a member can start: one line, which names the setting. */
export class SettingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettingError';
  }
}
