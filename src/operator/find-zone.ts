import { tables, type HostedZone } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import { nameKey, normaliseName } from '../core/dns/name-key.ts';
import { PresentationError } from '../core/dns/presentation-error.ts';

/** A command that cannot be carried out, with a sentence for the person who gave it. */
export class OperatorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OperatorError';
  }
}

/** The hosted zone of an id, or of a name that only one has. Throws `OperatorError` when there are several. */
export function findHostedZone(view: View, text: string): HostedZone | undefined {
  const byId = isZoneId(text) ? view.get(tables.hostedZones, [text]) : undefined;
  if (byId !== undefined) return byId;
  const entries = (view.get(tables.zonesAtName, [nameKey(zoneNameOf(text))]) ?? []).filter((each) => !each.private);
  if (entries.length > 1) {
    const ids = entries.map((each) => each.zoneId).join(', ');
    throw new OperatorError(`there are ${entries.length} hosted zones named ${text}; give the id of one: ${ids}`);
  }
  return entries[0] === undefined ? undefined : view.get(tables.hostedZones, [entries[0].zoneId]);
}

export function isZoneId(text: string): boolean {
  return /^Z[A-Z0-9]{1,31}$/.test(text);
}

/** Normalised. Throws `OperatorError`. */
export function zoneNameOf(text: string): string {
  try {
    return normaliseName(text);
  } catch (error) {
    if (!(error instanceof PresentationError)) throw error;
    throw new OperatorError(`'${text}' is not the name of a zone: ${error.explanation}`);
  }
}
