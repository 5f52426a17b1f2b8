import * as sdk from '@aws-sdk/client-kms';
import { operationShapes, type OperationShapes } from '../wire/operation-shapes.ts';
import * as aliases from './aliases.ts';
import type { KmsDoor } from './door.ts';
import * as keyMembers from './key-members.ts';
import * as keys from './keys.ts';
import * as signatures from './signatures.ts';

/** Every operation that KMS's model has; those with a door are served, the others get an error that says so. */
export interface KmsOperation extends OperationShapes {
  readonly door: KmsDoor<object, object> | undefined;
}

const doors = new Map(
  [aliases, keyMembers, keys, signatures]
    .flatMap((family) => Object.values(family) as unknown[])
    .filter((door): door is KmsDoor<object, object> => typeof door === 'object' && door !== null)
    .map((door) => [door.operation, door]),
);

export const operations: ReadonlyMap<string, KmsOperation> = new Map(
  [...operationShapes(sdk)].map(([name, shapes]) => [name, { ...shapes, door: doors.get(name) }]),
);
