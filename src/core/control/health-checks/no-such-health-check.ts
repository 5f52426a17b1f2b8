import { refuse, type Refusal } from '../operation.ts';

export function noSuchHealthCheck(id: string): Refusal {
  return refuse('NoSuchHealthCheck', `No health check exists with the specified ID: ${id}`);
}
