import { HEADER_OCTETS } from '../../core/dns/message-layout.ts';
import { parseMessage } from '../../core/dns/message.ts';
import { keyOfName } from '../../core/dns/name-key.ts';
import type { Soa } from '../../core/dns/rdata/soa.ts';
import { CLASS, OPCODE, TYPE } from '../../core/dns/record-type.ts';
import { WireFormatError } from '../../core/dns/wire-reader.ts';
import type { NameKey } from '../../core/zone/zone-data.ts';
import { questionEnd } from '../error-response.ts';

/** A request for a zone, whole or what changed (RFC 5936 §2.1, RFC 1995 §3). */
export interface TransferRequest {
  readonly id: number;
  readonly apex: NameKey;
  /** As it was asked, for the answer to repeat. */
  readonly question: Uint8Array;
  /** The client's version, when it asks for what changed since. */
  readonly serial: number | undefined;
  readonly hasEdns: boolean;
}

/** Whether a message asks for a zone; it need not be well-formed. */
export function asksForTransfer(message: Uint8Array): boolean {
  const end = questionEnd(message);
  if (end === undefined || (message[2] as number) >> 3 !== OPCODE.QUERY) return false;
  const type = ((message[end - 4] as number) << 8) | (message[end - 3] as number);
  return type === TYPE.AXFR || type === TYPE.IXFR;
}

/** Reads a message that `asksForTransfer`; undefined when it is malformed. */
export function readTransferRequest(message: Uint8Array): TransferRequest | undefined {
  try {
    const { id, questions, answers, authorities, edns } = parseMessage(message);
    const [question] = questions;
    if (question === undefined || question.class !== CLASS.IN || answers.length > 0) return undefined;
    const soa = authorities.find((record) => record.type === TYPE.SOA)?.value as Soa | undefined;
    if (question.type === TYPE.IXFR && soa === undefined) return undefined;
    return {
      id,
      apex: keyOfName(question.name),
      question: message.slice(HEADER_OCTETS, questionEnd(message)),
      serial: question.type === TYPE.IXFR ? soa?.serial : undefined,
      hasEdns: edns !== undefined,
    };
  } catch (error) {
    if (!(error instanceof WireFormatError)) throw error;
    return undefined;
  }
}
