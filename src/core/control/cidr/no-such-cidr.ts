import { refuse, type Refusal } from '../operation.ts';

export function noSuchCidrCollection(id: string): Refusal {
  return refuse('NoSuchCidrCollectionException', `No CIDR collection found with ID: ${id}`);
}

export function noSuchCidrLocation(location: string): Refusal {
  return refuse('NoSuchCidrLocationException', `The CIDR collection has no location named ${location}`);
}
