import { lowerName, printName } from '../../src/core/dns/name.ts';
import { rdataType, readRdata } from '../../src/core/dns/rdata-types.ts';
import { rcodeName, TYPE, typeName } from '../../src/core/dns/record-type.ts';
import { WireReader } from '../../src/core/dns/wire-reader.ts';
import { CO, DO } from './query.ts';

/** What is compared: sections are sorted lines, since their order means nothing. OPT is `edns`, not in `additional`. */
export interface Reply {
  readonly rcode: string;
  readonly aa: boolean;
  readonly tc: boolean;
  /** RD, RA, Z, AD and CD, as the header has them. */
  readonly flags: number;
  readonly question: string;
  /** Whether there is an OPT; its version, DO, CO and reserved flags. Sizes and options are each server's own. */
  readonly edns: string;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
}

export const SILENCE = 'silence';

/** Throws when the octets are not one whole message. */
export function readReply(packet: Uint8Array): Reply {
  const wire = new WireReader(packet);
  wire.u16();
  const flags = wire.u16();
  const [questions, answers, authorities, additionals] = [wire.u16(), wire.u16(), wire.u16(), wire.u16()];
  const question = Array.from(
    { length: questions },
    () => `${printName(wire.name())} ${typeName(wire.u16())} ${wire.u16()}`,
  );
  const section = (records: number): string[] => Array.from({ length: records }, () => readRecord(wire));
  const [answer, authority, all] = [section(answers), section(authorities), section(additionals)];
  if (wire.position !== packet.length) throw new Error('octets behind the last record');
  const opt = all.find(isOpt);
  const [, extended = '0', edns = ''] = opt === undefined ? [] : (/^OPT (\d+) (.*)$/.exec(opt) as string[]);
  return {
    rcode: rcodeName((flags & 0xf) | (Number(extended) << 4)),
    aa: (flags & 0x0400) !== 0,
    tc: (flags & 0x0200) !== 0,
    flags: flags & 0x01f0,
    question: question.join(),
    edns,
    answer: answer.toSorted(),
    authority: authority.toSorted(),
    additional: all.filter((line) => !isOpt(line)).toSorted(),
  };
}

function isOpt(line: string): boolean {
  return line.startsWith('OPT ');
}

function readRecord(wire: WireReader): string {
  const owner = printName(lowerName(wire.name()));
  const [type, , ttl, length] = [wire.u16(), wire.u16(), wire.u32(), wire.u16()];
  if (type === TYPE.OPT) {
    wire.octets(length);
    const flags = ttl & 0xffff;
    const said = [flags & DO ? ' do' : '', flags & CO ? ' co' : '', flags & ~(DO | CO) ? ' reserved flags' : ''];
    return `OPT ${ttl >>> 24} version ${(ttl >>> 16) & 255}${said.join('')}`;
  }
  const data = rdataType(type).print(readRdata(type, wire, length));
  // Names may come back in the question's case, since they are compressed against it; case means something in strings only.
  return `${owner} ${ttl} ${typeName(type)} ${type === TYPE.TXT ? data : data.toLowerCase()}`;
}
