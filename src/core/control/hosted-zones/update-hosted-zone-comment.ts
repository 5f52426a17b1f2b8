import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import { COMMENT_MAX } from './create-hosted-zone.ts';
import { noSuchHostedZone } from './no-such-hosted-zone.ts';

export interface UpdateHostedZoneCommentCommand {
  readonly id: string;
  /** Absent: the comment is removed. */
  readonly comment?: string;
}

export interface HostedZoneCommentUpdated extends ChangeBase {
  readonly kind: 'HostedZoneCommentUpdated';
  readonly zoneId: string;
  readonly newComment?: string;
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHostedZoneComment.html */
export const updateHostedZoneComment: WriteOperation<UpdateHostedZoneCommentCommand, HostedZoneCommentUpdated> = {
  operation: 'UpdateHostedZoneComment',
  kind: 'HostedZoneCommentUpdated',
  decide(view, command, given) {
    if (view.get(tables.hostedZones, [command.id]) === undefined) return noSuchHostedZone(command.id);
    if (command.comment !== undefined && command.comment.length > COMMENT_MAX) {
      return refuse('InvalidInput', `Comment must have at most ${COMMENT_MAX} characters`);
    }
    return {
      kind: 'HostedZoneCommentUpdated',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      zoneId: command.id,
      ...(command.comment === undefined ? {} : { newComment: command.comment }),
    };
  },
  lanes: (change) => ({ advances: [lane.zone(change.zoneId)], reliesOn: [] }),
  apply(draft, change) {
    const zone = draft.get(tables.hostedZones, [change.zoneId]);
    if (zone === undefined) return;
    const { comment: _, ...rest } = zone;
    draft.put(tables.hostedZones, [zone.id], {
      ...rest,
      ...(change.newComment === undefined ? {} : { comment: change.newComment }),
    });
  },
  touches: () => [],
};
