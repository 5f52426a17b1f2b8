import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerOf, scenarioOf } from './scenario.ts';

/**
 * The trees held against a second, slower reading of the rules: for a tree and the checks that are down, how likely is each answer?
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 */
type Model =
  | { readonly kind: 'weighted'; readonly members: readonly Member[]; readonly weights: readonly number[] }
  | { readonly kind: 'failover'; readonly members: readonly [Member, Member] }
  | { readonly kind: 'multivalue'; readonly members: readonly Member[] };

interface Member {
  /** Undefined for a member without a check. */
  readonly healthy: boolean | undefined;
  readonly evaluates: boolean;
  readonly target: Model | 'values';
}

type Odds = ReadonlyMap<string, number>;

function memberHealthy(member: Member): boolean {
  if (member.healthy === false) return false;
  return member.target === 'values' || !member.evaluates || member.target.members.some(memberHealthy);
}

/** Answers are paths through the tree (`0.1`), so that every one is another. */
function oddsOf(model: Model, path: string): Odds {
  const odds = new Map<string, number>();
  const go = (index: number, chance: number): void => {
    const member = model.members[index] as Member;
    const below = member.target === 'values' ? new Map([['', 1]]) : oddsOf(member.target, `${path}${index}.`);
    for (const [answer, part] of below) odds.set(answer === '' ? `${path}${index}` : answer, part * chance);
  };
  const healthy = model.members.map(memberHealthy);
  const all = model.members.map((_, index) => index);
  if (model.kind === 'multivalue') {
    const eligible = healthy.some(Boolean) ? all.filter((index) => healthy[index]) : all;
    return new Map([[eligible.map((index) => `${path}${index}`).join(' '), 1]]);
  }
  if (model.kind === 'failover') {
    go(!healthy[0] && healthy[1] ? 1 : 0, 1);
    return odds;
  }
  const tiers = [
    all.filter((index) => healthy[index] && (model.weights[index] as number) > 0),
    all.filter((index) => healthy[index]),
    all.filter((index) => (model.weights[index] as number) > 0),
    all,
  ];
  const tier = tiers.find((each) => each.length > 0) as number[];
  const sum = tier.reduce((total, index) => total + (model.weights[index] as number), 0);
  for (const index of tier) go(index, sum === 0 ? 1 / tier.length : (model.weights[index] as number) / sum);
  return odds;
}

/** The model as zone text; each address spells its path. */
function textOf(model: Model, name: string, path: string): { lines: string[]; down: string[] } {
  const lines: string[] = [];
  const down: string[] = [];
  model.members.forEach((member, index) => {
    const id = `${path}${index}`;
    const policy =
      model.kind === 'weighted'
        ? `weighted ${model.weights[index]}`
        : model.kind === 'failover'
          ? `failover ${index === 0 ? 'PRIMARY' : 'SECONDARY'}`
          : 'multivalue';
    const check = member.healthy === undefined ? '' : `, check h${id}`;
    if (member.healthy === false) down.push(`h${id}`);
    if (member.target === 'values') {
      lines.push(`${name} 60 A ${id} [${policy}, id ${index}${check}]`);
      return;
    }
    const target = `t-${id.replaceAll('.', '-')}`;
    lines.push(
      `${name} ALIAS A ${target}.example.com. [${policy}, id ${index}${check}${member.evaluates ? ', evaluate' : ''}]`,
    );
    const below = textOf(member.target, target, `${id}.`);
    lines.push(...below.lines);
    down.push(...below.down);
  });
  return { lines, down };
}

const member = (target: fc.Arbitrary<Model | 'values'>): fc.Arbitrary<Member> =>
  fc.record({ healthy: fc.constantFrom(true, false, undefined), evaluates: fc.boolean(), target });

const values = member(fc.constant('values' as const));

const models: fc.Arbitrary<Model> = fc.letrec<{ model: Model; member: Member }>((tie) => ({
  member: fc.oneof({ depthSize: 'small', withCrossShrink: true }, values, member(tie('model'))),
  model: fc.oneof(
    fc
      .array(fc.tuple(tie('member'), fc.constantFrom(0, 1, 2, 255)), { minLength: 1, maxLength: 4 })
      .map((pairs): Model => ({
        kind: 'weighted',
        members: pairs.map(([each]) => each),
        weights: pairs.map(([, weight]) => weight),
      })),
    fc.tuple(tie('member'), tie('member')).map((members): Model => ({ kind: 'failover', members })),
    fc.array(values, { minLength: 1, maxLength: 8 }).map((members): Model => ({ kind: 'multivalue', members })),
  ),
})).model;

test('a tree answers what the rules allow, and all of it', () => {
  fc.assert(
    fc.property(
      models,
      fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
      (model, dice) => {
        const { lines, down } = textOf(model, 'www', '');
        const scenario = scenarioOf(['$ZONE example.com.', ...lines].join('\n'), 'www.example.com.');
        const odds = oddsOf(model, '');
        for (let round = 0; round < 8; round += 1) {
          const drawn = Array.from({ length: 8 }, () => dice.next().value as number);
          const answer = answerOf(scenario, { down: down.filter((id) => scenario.checks.includes(id)), dice: drawn });
          expect([...odds.keys()]).toContain(answer.replace(' /0', ''));
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('weighted draws are as likely as their weights (chi-square, 99.9 %)', () => {
  const weights = [1, 10, 100, 0, 255, 3];
  const lines = weights.map((weight, index) => `www 60 A ${index} [weighted ${weight}, id ${index}]`);
  const scenario = scenarioOf(['$ZONE example.com.', ...lines].join('\n'), 'www.example.com.');
  const rounds = 50_000;
  const seen = new Map<string, number>();
  let state = 20260401;
  for (let round = 0; round < rounds; round += 1) {
    state = (state * 48271) % 2147483647;
    const answer = answerOf(scenario, { dice: [state / 2147483647] });
    seen.set(answer, (seen.get(answer) ?? 0) + 1);
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let chiSquare = 0;
  weights.forEach((weight, index) => {
    const expected = (rounds * weight) / sum;
    const observed = seen.get(`${index} /0`) ?? 0;
    if (weight === 0) expect(observed).toBe(0);
    else chiSquare += (observed - expected) ** 2 / expected;
  });
  // Four degrees of freedom.
  expect(chiSquare).toBeLessThan(18.47);
});
