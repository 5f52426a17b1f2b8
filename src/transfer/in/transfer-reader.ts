import { isLaterSerial } from '../../core/dns/serial.ts';
import type { NameKey } from '../../core/zone/zone-data.ts';
import type { TransferredRecord } from './transferred-record.ts';

/**
 * Reads the records of a transfer in their order (RFC 5936 §2.2, RFC 1995 §4) and says what each of them means. It knows nothing of
 * messages, sockets or stores.
 */

/** What a record means, when it is not an SOA that only separates. */
export type Meaning =
  /** A record of the whole zone. */
  | 'whole'
  /** One that the version held has and the new one has not, and the reverse. */
  | 'deleted'
  | 'added';

/** A transfer that cannot be: the message says why. */
export class TransferError extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'TransferError';
  }
}

type State =
  /** The first record: the new version's SOA. */
  | 'first'
  /** The second record tells a whole zone from a difference. */
  | 'second'
  | 'whole'
  | 'deletions'
  | 'additions'
  | 'ended';

export class TransferReader {
  readonly #apex: NameKey;
  readonly #held: number | undefined;
  #state: State = 'first';
  #soa: TransferredRecord | undefined;
  /** The serial that a difference has led to so far. */
  #reached = 0;
  /** Records that are not below the apex, and were passed over. */
  outside = 0;

  /** `heldSerial` is of the version that a difference may lead away from; none for a request that asks for the whole zone. */
  constructor(apex: NameKey, heldSerial: number | undefined) {
    this.#apex = apex;
    this.#held = heldSerial;
  }

  /** The SOA of the new version, once the first record was read. */
  get soa(): TransferredRecord | undefined {
    return this.#soa;
  }

  /** Whether the last record was read. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** What a record means; undefined for an SOA that begins, separates or ends. Throws `TransferError`. */
  read(record: TransferredRecord): Meaning | undefined {
    if (this.#state === 'ended') throw new TransferError('records behind the last SOA record');
    if (record.serial !== undefined) {
      if (record.key !== this.#apex) throw new TransferError(`an SOA record at ${record.name}`);
      return this.#readSoa(record, record.serial);
    }
    if (this.#state === 'first') throw new TransferError('the first record is not the SOA record');
    if (this.#state === 'second') this.#state = 'whole';
    if (!record.key.startsWith(this.#apex)) {
      this.outside += 1;
      return undefined;
    }
    if (this.#state === 'whole') return 'whole';
    return this.#state === 'deletions' ? 'deleted' : 'added';
  }

  /**
   * The zone is no newer than what is held: there is one SOA record and nothing behind it, as the one who counts messages knows. For
   * a whole zone the reader cannot tell a short answer from a cut one.
   */
  isUpToDate(): boolean {
    return this.#state === 'second' && this.#held !== undefined && !isLaterSerial(this.#soa?.serial ?? 0, this.#held);
  }

  #readSoa(record: TransferredRecord, serial: number): undefined {
    const newest = this.#soa?.serial;
    switch (this.#state) {
      case 'first':
        this.#soa = record;
        this.#state = 'second';
        return;
      case 'second':
        if (serial === this.#held && serial !== newest) this.#state = 'deletions';
        else if (serial === newest) this.#state = 'ended';
        else throw new TransferError(`a difference from serial ${serial}, which is not what was asked for`);
        return;
      case 'whole':
        if (serial !== newest) throw new TransferError('two SOA records of different serials');
        this.#state = 'ended';
        return;
      case 'deletions':
        this.#reached = serial;
        this.#state = 'additions';
        return;
      default:
        // Behind the additions: the next difference begins with the version reached, or all of it ends with the newest.
        if (serial !== this.#reached)
          throw new TransferError('a difference that does not begin where the last one ended');
        this.#state = serial === newest ? 'ended' : 'deletions';
        return;
    }
  }
}
