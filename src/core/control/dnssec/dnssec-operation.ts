import type { SignedAhead } from '../../dnssec/zone-signing.ts';
import { touched } from '../hosted-zones/zone-catalog.ts';
import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type ControlSettings, type Refusal, type WriteOperation } from '../operation.ts';
import { keepChange } from '../records-kept.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import { putDnssec, withDue } from './due.ts';
import {
  answersDiffer,
  fulfils,
  servedWith,
  signingNeeds,
  signingOf,
  type Served,
  type SigningNeeds,
} from './signing-needs.ts';
import type { ParentTold } from './parent-told.ts';
import type { ZoneDnssec } from './zone-dnssec.ts';
import { withTags } from './with-tags.ts';

/** A command for whose change key-signing keys may have to sign something first. */
export interface SignedCommand {
  readonly hostedZoneId: string;
  /** What `plan` said is needed. */
  readonly signatures?: readonly SignedAhead[];
}

/** One that is judged by what the parent says. */
export interface ParentCommand extends SignedCommand {
  /** Of a parent that is none of our own zones; nobody was asked when it is left out. */
  readonly parent?: ParentTold;
}

/** What a command would come to. */
export interface DnssecPlan {
  readonly zone: HostedZone;
  /** Undefined: nothing is left. */
  readonly after: ZoneDnssec | undefined;
  readonly needs: SigningNeeds | undefined;
  /** Lanes of other zones that the judgement rests on. */
  readonly reliesOn: readonly string[];
}

export interface DnssecChanged<K extends string> extends ChangeBase {
  readonly kind: K;
  readonly zoneId: string;
  readonly after?: ZoneDnssec;
  /** What the zone is answered with; unsigned when it is left out. */
  readonly served?: Served;
  /** Its answers are others from now on. */
  readonly touches: boolean;
  /** What the embedded key service does at the same time. */
  readonly kms?: ChangeBase;
  readonly reliesOn: readonly string[];
}

/** What an operation on a zone's keys has of its own: the rest is the same for all. */
export interface DnssecRule<C, K extends string> {
  /** Route 53's name of the operation. */
  readonly operation: string;
  readonly kind: K;
  /** Signatures ahead are renewed by it. */
  readonly renews?: true;
  /** Nobody asked for it, so nobody asks what became of it. */
  readonly byTime?: true;
  /** What was due has been looked after. */
  readonly settles?: true;
  /** What the member's settings have against it. */
  forbids?(view: View, command: C, settings: ControlSettings): Refusal | undefined;
  /** The zone as it would be, or why it cannot be so. */
  judge(view: View, command: C, now: number): Judged | Refusal;
}

export interface Judged {
  readonly zone: HostedZone;
  readonly after: ZoneDnssec | undefined;
  readonly reliesOn?: readonly string[];
}

export interface DnssecOperation<C extends SignedCommand, K extends string> extends WriteOperation<
  C,
  DnssecChanged<K>
> {
  /** For whoever has signatures made before the command is given. */
  plan(view: View, command: C, now: number): DnssecPlan | Refusal;
}

/** The whole of a zone's keys is small, so a change has all of it as it is then; of the signatures, only those that are new. */
export function dnssecOperation<C extends SignedCommand, K extends string>(
  rule: DnssecRule<C, K>,
): DnssecOperation<C, K> {
  return {
    operation: rule.operation,
    kind: rule.kind,
    plan: (view, command, now) => plan(rule, view, command, now),
    decide(view, command, given) {
      const planned = rule.forbids?.(view, command, given.settings) ?? plan(rule, view, command, given.now);
      if ('refused' in planned) return planned;
      const { zone, after, needs, reliesOn } = planned;
      const signatures = command.signatures ?? [];
      if (needs !== undefined && !fulfils(signatures, needs)) return concurrent(zone);
      const held = view.get(tables.zoneSignings, [zone.id]);
      const served = after && servedWith(zone, after, needs, signatures, given.now);
      return {
        kind: rule.kind,
        id: given.newId('change'),
        at: given.now,
        by: given.principal,
        zoneId: zone.id,
        ...(after === undefined ? {} : { after }),
        ...(served === undefined ? {} : { served }),
        touches: answersDiffer(held, served),
        reliesOn,
      };
    },
    lanes: (change) => ({ advances: [lane.zone(change.zoneId)], reliesOn: change.reliesOn }),
    apply(draft, change, sequence) {
      const held = draft.get(tables.zoneSignings, [change.zoneId]);
      putDnssec(draft, change.zoneId, change.after);
      if (change.served !== undefined) {
        draft.put(tables.zoneSignings, [change.zoneId], signingOf(change.served, held));
      } else if (held !== undefined) draft.remove(tables.zoneSignings, [change.zoneId]);
      if (rule.byTime !== true) keepChange(draft, change, sequence);
    },
    touches(view, change) {
      const zone = change.touches ? view.get(tables.hostedZones, [change.zoneId]) : undefined;
      return zone === undefined ? [] : touched(zone);
    },
  };
}

function plan<C, K extends string>(rule: DnssecRule<C, K>, view: View, command: C, now: number): DnssecPlan | Refusal {
  const judged = rule.judge(view, command, now);
  if ('refused' in judged) return judged;
  const { zone, reliesOn = [] } = judged;
  const told = judged.after && withTags(view, zone, judged.after, now);
  const after = told && withDue(zone, told, now, rule.settles ?? false);
  const held = view.get(tables.zoneSignings, [zone.id]);
  return { zone, after, needs: after && signingNeeds(zone, after, held, now, rule.renews ?? false), reliesOn };
}

/** Its keys, or the turn that it is, changed while signatures were made. */
function concurrent({ id }: HostedZone): Refusal {
  return refuse(
    'ConcurrentModification',
    `The keys of hosted zone ${id} were changed by another request at the same time. Retry the request.`,
  );
}
