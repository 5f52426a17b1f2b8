import { FieldReader, printBase64, printCharacterString, unescapeOctets } from '../field-reader.ts';
import { parseIpv4, parseIpv6, printIpv4, printIpv6 } from '../ip-address.ts';
import type { Notation } from '../name.ts';
import { PresentationError } from '../presentation-error.ts';

/** One parameter of a service binding, its value as on the wire (RFC 9460 §2.2). */
export interface SvcParameter {
  readonly key: number;
  readonly value: Uint8Array;
}

/** Keys by their number (RFC 9460 §14.3.2); others are `key65000`. */
const KEYS = ['mandatory', 'alpn', 'no-default-alpn', 'port', 'ipv4hint', 'ech', 'ipv6hint'] as const;

/** Reads `alpn=h2,h3`, `no-default-alpn`, `key667=hello`. Throws `PresentationError`. */
export function parseParameter(text: string, notation: Notation): SvcParameter {
  const equals = text.indexOf('=');
  const key = keyNumber(equals < 0 ? text : text.slice(0, equals));
  const value = equals < 0 ? '' : text.slice(equals + 1);
  return { key, value: parseValue(key, value, notation) };
}

function parseValue(key: number, text: string, notation: Notation): Uint8Array {
  if (key !== 2 && key < KEYS.length && text === '') throw invalid(`${KEYS[key]} needs a value`);
  switch (KEYS[key]) {
    case 'mandatory': {
      const keys = text.split(',').map(keyNumber);
      if (new Set(keys).size !== keys.length) throw invalid('mandatory lists a key twice');
      return Uint8Array.from(keys.sort((a, b) => a - b).flatMap((each) => [each >> 8, each & 0xff]));
    }
    case 'alpn':
      return parseAlpn(unescapeOctets(text, notation));
    case 'no-default-alpn':
      if (text !== '') throw invalid('no-default-alpn takes no value');
      return new Uint8Array(0);
    case 'port': {
      const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Infinity;
      if (port > 0xffff) throw invalid('port should be a number from 0 to 65535');
      return Uint8Array.of(port >> 8, port & 0xff);
    }
    case 'ipv4hint':
      return concatenate(text.split(',').map((each) => parseIpv4(each) ?? fail('ipv4hint should list IPv4 addresses')));
    case 'ipv6hint':
      return concatenate(text.split(',').map((each) => parseIpv6(each) ?? fail('ipv6hint should list IPv6 addresses')));
    case 'ech':
      return new FieldReader(text, notation).base64('ech');
    default:
      return unescapeOctets(text, notation);
  }
}

/** RFC 9460 Appendix A.1: a comma inside an item is `\,`, a backslash `\\`, after the escapes of the character string. */
function parseAlpn(octets: Uint8Array): Uint8Array {
  const items: number[][] = [[]];
  for (let at = 0; at < octets.length; at += 1) {
    const octet = octets[at] as number;
    if (octet === 0x2c) items.push([]);
    else if (octet === 0x5c && at + 1 < octets.length) items.at(-1)?.push(octets[++at] as number);
    else items.at(-1)?.push(octet);
  }
  if (items.some((item) => item.length === 0 || item.length > 255)) throw invalid('alpn should list protocol names');
  return Uint8Array.from(items.flatMap((item) => [item.length, ...item]));
}

/** Whether a value from the wire has its key's shape (RFC 9460 §7, §8). */
export function isWellFormed({ key, value }: SvcParameter): boolean {
  const size = value.length;
  switch (KEYS[key]) {
    case 'mandatory':
      return size > 0 && size % 2 === 0;
    case 'alpn':
      return size > 0 && labelsFill(value);
    case 'no-default-alpn':
      return size === 0;
    case 'port':
      return size === 2;
    case 'ipv4hint':
      return size > 0 && size % 4 === 0;
    case 'ipv6hint':
      return size > 0 && size % 16 === 0;
    case 'ech':
      return size > 0;
    default:
      return true;
  }
}

function labelsFill(value: Uint8Array): boolean {
  let at = 0;
  while (at < value.length && value[at] !== 0) at += 1 + (value[at] as number);
  return at === value.length;
}

export function printParameter({ key, value }: SvcParameter): string {
  const name = KEYS[key] ?? `key${key}`;
  if (value.length === 0) return name;
  return `${name}=${printValue(key, value)}`;
}

function printValue(key: number, value: Uint8Array): string {
  switch (KEYS[key]) {
    case 'mandatory':
      return chunks(value, 2)
        .map((each) => keyName(((each[0] as number) << 8) | (each[1] as number)))
        .join(',');
    case 'alpn':
      return printAlpn(value);
    case 'port':
      return String(((value[0] as number) << 8) | (value[1] ?? 0));
    case 'ipv4hint':
      return chunks(value, 4).map(printIpv4).join(',');
    case 'ipv6hint':
      return chunks(value, 16).map(printIpv6).join(',');
    case 'ech':
      return printBase64(value);
    default:
      return printCharacterString(value);
  }
}

function printAlpn(value: Uint8Array): string {
  const octets: number[] = [];
  for (let at = 0; at < value.length;) {
    const end = at + 1 + (value[at] as number);
    if (at > 0) octets.push(0x2c);
    for (at += 1; at < end && at < value.length; at += 1) {
      const octet = value[at] as number;
      if (octet === 0x2c || octet === 0x5c) octets.push(0x5c);
      octets.push(octet);
    }
  }
  return printCharacterString(Uint8Array.from(octets));
}

function keyNumber(name: string): number {
  const known = (KEYS as readonly string[]).indexOf(name);
  if (known >= 0) return known;
  const number = /^key(0|[1-9][0-9]{0,4})$/.exec(name);
  const key = number === null ? Infinity : Number(number[1]);
  if (key > 0xffff) throw invalid(`${name} is not a service parameter key`);
  return key;
}

function keyName(key: number): string {
  return KEYS[key] ?? `key${key}`;
}

function chunks(octets: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.floor(octets.length / size) }, (_, index) =>
    octets.subarray(index * size, (index + 1) * size),
  );
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function invalid(explanation: string): PresentationError {
  return new PresentationError('InvalidSvcParameter', explanation);
}

function fail(explanation: string): never {
  throw invalid(explanation);
}
