import { refuse, type Refusal } from '../operation.ts';

export function noSuchHostedZone(id: string): Refusal {
  return refuse('NoSuchHostedZone', `No hosted zone found with ID: ${id}`);
}
