import { run } from '../clients/member.ts';

/** What a name server shows of a zone's keys: the tag of the one that signs, and how many are published. */
export function askDirectly(address: string, origin: string): { readonly signer: number; readonly keys: number } {
  const dig = (type: string): string[] =>
    run('/usr/bin/dig', [`@${address}`, '+dnssec', '+norec', '+noall', '+answer', origin, type]).split('\n');
  const signature = dig('SOA').find((line) => /\sRRSIG\s/.test(line)) ?? '';
  const keys = dig('DNSKEY').filter((line) => /\sDNSKEY\s\d/.test(line) && !/\sRRSIG\s/.test(line)).length;
  return { signer: Number(signature.split(/\s+/)[10]), keys };
}
