import { tables } from '../../core/control/tables.ts';
import type { View } from '../../core/control/view.ts';
import type { TransferRules } from '../settings/transfer-settings.ts';
import type { Notifier } from './notifier.ts';

/** Which zones the notifier tells of: those that changed, and all of them when it is not known which did (after a start, or a flood). */
export interface AnnouncerParts {
  /** The newest state. */
  view(): View;
  readonly rules: () => TransferRules;
  readonly notifier: Pick<Notifier, 'changed' | 'waiting'>;
}

/** Zones looked at in one turn. */
const ZONES_AT_ONCE = 500;
/** While more than these wait to be told, the round through all zones rests: what changes now goes first. */
const WAITING_MAX = 1000;

export class Announcer {
  readonly #parts: AnnouncerParts;
  /** Where the round through all zones stands. */
  #from: string | undefined;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  announceAll(): void {
    this.#from = '';
  }

  changed(zoneId: string): void {
    if (this.#parts.rules().tellsAnybody) this.#parts.notifier.changed(zoneId);
  }

  /** A slice of the round through all zones, if there is one. */
  tick(): void {
    const { notifier, rules } = this.#parts;
    if (this.#from === undefined || notifier.waiting > WAITING_MAX) return;
    const rows = rules().tellsAnybody
      ? this.#parts.view().range(tables.hostedZones, { from: [this.#from], limit: ZONES_AT_ONCE })
      : [];
    for (const { value } of rows) notifier.changed(value.id);
    const last = rows.at(-1)?.value.id;
    this.#from = last === undefined || rows.length < ZONES_AT_ONCE ? undefined : `${last}\0`;
  }
}
