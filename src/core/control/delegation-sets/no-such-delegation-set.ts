import { refuse, type Refusal } from '../operation.ts';

export function noSuchDelegationSet(id: string): Refusal {
  return refuse('NoSuchDelegationSet', `No delegation set found with ID: ${id}`);
}
