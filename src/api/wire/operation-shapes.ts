import { NormalizedSchema } from '@smithy/core/schema';

export interface OperationShapes {
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

type OperationSchema = readonly [9, string, string, unknown, unknown, unknown];

/** Every operation of a service's model, by name, out of the SDK's package for it. */
export function operationShapes(sdk: object): ReadonlyMap<string, OperationShapes> {
  return new Map(
    Object.values(sdk as Record<string, unknown>)
      .filter((value): value is OperationSchema => Array.isArray(value) && value[0] === 9)
      .map(([, , operation, , input, output]) => [operation, { input: schemaOf(input), output: schemaOf(output) }]),
  );
}

function schemaOf(schema: unknown): NormalizedSchema {
  return NormalizedSchema.of(typeof schema === 'function' ? (schema as () => never)() : (schema as never));
}
