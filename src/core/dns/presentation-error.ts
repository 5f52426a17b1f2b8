/**
 * Text that is not what its type's presentation format allows. `code` and `explanation` are Route 53's own words, because its
 * clients match on them; the control plane prints them as `FATAL problem: CODE (explanation) encountered with 'value'`.
 */
export class PresentationError extends Error {
  readonly code: string;
  readonly explanation: string;

  constructor(code: string, explanation: string) {
    super(`${code} (${explanation})`);
    this.name = 'PresentationError';
    this.code = code;
    this.explanation = explanation;
  }
}
