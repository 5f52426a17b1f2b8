import { answerQuery } from '../../src/core/answer/answer-query.ts';
import { ask, queryOf } from '../../src/core/answer/answer-text.ts';
import { COUNTERS } from '../../src/core/answer/counters.ts';
import { PLAIN_ANSWERS } from '../../src/core/answer/settings.ts';
import { SigningBudget, type SigningRatesOf } from '../../src/core/answer/signed/signing-budget.ts';
import { createWorld, type World, type WorldOptions } from '../../src/core/answer/world.ts';
import { digText } from '../../src/core/dns/dig-text.ts';
import { parseMessage, type Message } from '../../src/core/dns/message.ts';
import { keyToName } from '../../src/core/dns/name-key.ts';
import { parseName, printName } from '../../src/core/dns/name.ts';
import { parseRdata, rdataType } from '../../src/core/dns/rdata-types.ts';
import type { Dnskey } from '../../src/core/dns/rdata/dnskey.ts';
import type { Rrsig } from '../../src/core/dns/rdata/rrsig.ts';
import { rcodeName, TYPE, typeCode, typeName } from '../../src/core/dns/record-type.ts';
import { zonesFromText, type ZonesInMemory } from '../../src/core/zone/zone-from-text.ts';
import { testSigner, testSigning, type TestSigningOptions } from './keys.ts';
import { validateAnswer, type Proof, type Trust } from './validate-answer.ts';

/** When questions are asked here, unless they say otherwise: 2027-01-15T08:00:00Z. */
export const NOW_SECONDS = 1_800_000_000;

/** More than any test signs. */
export const PLENTY: SigningRatesOf = {
  all: { perSecond: 1e9, burst: 1e9 },
  endless: { perSecond: 1e9, burst: 1e9 },
};

/** A world in which zones are signed: all of the text, or those that are named. */
export class SignedWorld {
  readonly zones: ZonesInMemory;
  readonly world: World;

  constructor(
    text: string,
    options: TestSigningOptions & { readonly unsigned?: readonly string[] } = {},
    more: Partial<WorldOptions> = {},
  ) {
    this.zones = zonesFromText(text);
    for (const [zoneId, apex] of this.zones.apexes()) {
      if (options.unsigned?.includes(printName(keyToName(apex)))) continue;
      this.sign(zoneId, options);
    }
    this.world = createWorld({
      zones: this.zones,
      planBytesMax: 2 ** 20,
      settings: PLAIN_ANSWERS,
      counters: new Float64Array(COUNTERS),
      signer: testSigner,
      // Time stands still here, and no budget comes again.
      signingBudget: new SigningBudget(PLENTY, PLENTY, PLENTY.all),
      ...more,
    });
  }

  sign(zoneId: string, options: TestSigningOptions = {}): void {
    const apex = this.zones.apexes().find(([id]) => id === zoneId)?.[1] ?? '';
    this.zones.setSigning(zoneId, testSigning(keyToName(apex), { from: NOW_SECONDS - 86_400, ...options }).signing);
  }

  trust(zoneId = 'Z1', nowSeconds = NOW_SECONDS): Trust {
    const apex = this.zones.apexes().find(([id]) => id === zoneId)?.[1] ?? '';
    const values = this.zones.signing(zoneId)?.signedAhead.find(({ type }) => type === 'DNSKEY')?.values ?? [];
    const keys = values.map((text) => parseRdata(TYPE.DNSKEY, text, 'zone-file') as Dnskey);
    return { apex: keyToName(apex), keys, nowSeconds };
  }

  /** The answer to a query as `ask` reads it (answer-text.ts), compiled and from its plan. */
  ask(query: string): Message {
    const text = query.includes('+now=') ? query : `${query} +now=${NOW_SECONDS}`;
    const first = ask(this.world, text);
    const again = new Uint8Array(65_535);
    const length = answerQuery(this.world, queryOf(text), again);
    if (Buffer.compare(first, again.subarray(0, length)) !== 0)
      throw new Error(`another answer from its plan: ${query}`);
    return parseMessage(first);
  }

  /** What the answer proves; throws when it proves nothing. */
  prove(query: string, zoneId = 'Z1'): Proof {
    const [name = '', type = ''] = query.split(' ');
    const now = / \+now=([0-9]+)/.exec(query)?.[1];
    const trust = this.trust(zoneId, now === undefined ? NOW_SECONDS : Number(now));
    return validateAnswer(this.ask(query), parseName(name), typeCode(type) as number, trust);
  }

  dig(query: string): string {
    return digText(this.ask(query));
  }
}

/** An answer in a few lines: names without the zone's, and of signatures what they cover, their labels and their TTLs. */
export function shortText(message: Message, zone = 'example.com.'): string {
  const short = (text: string): string =>
    text.replaceAll(new RegExp(`\\.?${zone.replaceAll('.', '\\.')}`, 'g'), '') || '@';
  const { flags, edns } = message;
  const bits = [flags.authoritative && 'aa', flags.truncated && 'tc', edns?.dnssecOk && 'do', edns?.compactOk && 'co'];
  const errors = edns?.options
    .filter(({ code }) => code === 15)
    .map(({ data }) => `ede=${(data[0] ?? 0) * 256 + (data[1] ?? 0)}`);
  const lines = [[rcodeName(message.rcode), ...bits.filter(Boolean), ...(errors ?? [])].join(' ')];
  for (const [section, records] of [
    ['answer', message.answers],
    ['authority', message.authorities],
    ['additional', message.additionals],
  ] as const) {
    for (const { name, type, ttlSeconds, value } of records) {
      const { typeCovered, labels, signer } = value as Rrsig;
      const data =
        type === TYPE.RRSIG
          ? `${typeName(typeCovered)} labels=${labels} by ${printName(signer)}`
          : short(rdataType(type).print(value));
      lines.push(`${section} ${short(printName(name))} ${ttlSeconds} ${typeName(type)} ${data}`);
    }
  }
  return lines.join('\n');
}
