/** Thrown when a store cannot be used, with a sentence for its operator. */
export class StoreError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StoreError';
  }
}
