import { refuse, type ReadOperation } from '../operation.ts';
import { tables, type ChangeRecord } from '../tables.ts';

export interface GetChangeCommand {
  readonly id: string;
}

/**
 * Whether the change is served everywhere is for the caller to find out: it knows the edge, this room does not.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
 */
export const getChange: ReadOperation<GetChangeCommand, ChangeRecord> = {
  operation: 'GetChange',
  read: (view, command) =>
    view.get(tables.changes, [command.id]) ?? refuse('NoSuchChange', `Could not find resource with ID: ${command.id}`),
};
