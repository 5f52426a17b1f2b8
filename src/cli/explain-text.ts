import type {
  ExplainedAnswer,
  ExplainedCandidate,
  ExplainedClient,
  ExplainedGroup,
  ExplainedHealth,
  ExplainedStep,
  Explanation,
} from '../core/answer/explanation.ts';

/** An explanation for a person, who reads the walk from top to bottom and then the answer as `dig` prints it. */
export function explanationText(explanation: Explanation, memberRuns: boolean): string {
  const { name, type, client, zone, steps, draw, answer } = explanation;
  const lines = [
    `${name} ${type}`,
    '',
    row('asked by', `${client.network} (${client.toldBy})${placeText(client)}`),
    row('by', memberRuns ? 'the member that runs here, as of now' : 'the last statuses that are known: no member runs'),
    row('zone', `${zone.name} (${zone.id})`),
    ...steps.flatMap(stepLines),
    '',
    ...answerLines(answer),
  ];
  if (steps.some((step) => step.kind === 'group' && step.draws.length > 0)) {
    lines.push('', `The dice said ${draw}; the same again with --draw ${draw}.`);
  }
  // Names are in Route 53's normal form, whose asterisk nobody reads.
  return `${lines.join('\n').replaceAll('\\052', '*')}\n`;
}

const LABEL_COLUMNS = 12;

function row(label: string, text: string): string {
  return `${label.padEnd(LABEL_COLUMNS)}${text}`;
}

function placeText({ place }: ExplainedClient): string {
  if (place === undefined) return ', not placed: no location database is in use';
  const { continent, country, subdivision } = place;
  if (country === '' && continent === '') return ', in a place that the location database does not know';
  return `, in ${[subdivision, country, continent].filter(Boolean).join(', ')}`;
}

function stepLines(step: ExplainedStep): string[] {
  switch (step.kind) {
    case 'name':
      return [row('name', `${step.name} ${hasText(step.types)}`)];
    case 'wildcard':
      return [row('wildcard', `${step.name} is not there; ${step.wildcard} speaks for it, and ${hasText(step.types)}`)];
    case 'missing':
      return [row('name', `${step.name} is not there, and no wildcard speaks for it`)];
    case 'nothing':
      return [row('nothing', `there are no records of type ${step.type}`)];
    case 'cut':
      return [row('delegated', `${step.cut} is a zone of other servers; ${step.name} is theirs`)];
    case 'cname':
      return [row('CNAME', `${step.name} leads on to ${step.target}`)];
    case 'alias':
      return [row('alias', `${step.name} ${step.type} is ${step.target} ${step.type}`)];
    case 'end':
      return [row('ends', `${step.target} ${END[step.why]}`)];
    case 'withheld':
      return [row('withheld', 'the zone has not been transferred yet, or it has expired')];
    case 'group':
      return groupLines(step);
  }
}

function hasText(types: readonly string[]): string {
  return types.length === 0 ? 'is there for names below it, with no records' : `has ${types.join(', ')}`;
}

const END = {
  elsewhere: 'is for another zone: the resolver asks there',
  loop: 'was met before: the chain is a loop',
  'too long': 'is not looked up: the chain is too long',
  routed: 'has to be chosen for whom it is asked: the resolver asks for it',
} as const;

const MARK = { picked: '→', other: ' ' } as const;

function groupLines(group: ExplainedGroup): string[] {
  const { name, type, policy, candidates, draws } = group;
  const cells = candidates.map((candidate) => [
    candidate.setIdentifier,
    candidate.values?.join(' ') ?? `alias of ${candidate.alias}${outsideText(candidate)}`,
    candidate.thought,
    healthText(candidate),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((each) => (each[column] as string).length)));
  const lines = candidates.flatMap((candidate, index) => {
    const columns = (cells[index] as string[]).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const mark = candidate.picked ? MARK.picked : MARK.other;
    return [
      `  ${mark} ${columns.filter((cell) => cell !== '').join('  ')}`.trimEnd(),
      ...targetLines(candidate, '      '),
    ];
  });
  return [
    '',
    row(policy, `${name} ${type}`),
    ...lines,
    ...draws.map(({ value, meaning }) => row('  draw', `${Number(value.toFixed(6))} ${meaning}`)),
    ...pickLines(candidates, group.lastResort),
  ];
}

function outsideText({ outside }: ExplainedCandidate): string {
  if (outside === undefined) return '';
  if (outside === 'unresolved') return ', a host outside that is not resolved';
  return outside.length === 0 ? ', a host outside without an address' : `, a host outside: ${outside.join(' ')}`;
}

function pickLines(candidates: readonly ExplainedCandidate[], lastResort: boolean): string[] {
  if (!candidates.some(({ picked }) => picked)) return [row('  picked', 'none: no record set is for this client')];
  return lastResort ? [row('  picked', 'as a last resort: nothing that could answer is healthy')] : [];
}

/** `unhealthy: check X is unhealthy (supposed)` */
function healthText({ healthy, check, target }: ExplainedHealth): string {
  const reasons = [
    check === undefined ? [] : [`check ${check.id} ${STATUS[check.status]}${check.supposed ? ' (supposed)' : ''}`],
    target === undefined
      ? []
      : [target.healthy ? 'its target has something healthy' : 'its target has nothing healthy'],
  ].flat();
  return `${healthy ? 'healthy' : 'unhealthy'}: ${reasons.length === 0 ? 'no check' : reasons.join('; ')}`;
}

const STATUS = {
  healthy: 'is healthy',
  unhealthy: 'is unhealthy',
  unknown: 'has no status yet',
  gone: 'was deleted',
} as const;

/** What an alias found out about its target, level by level. */
function targetLines({ target }: ExplainedHealth, indent: string): string[] {
  if (target?.members === undefined) return [];
  return target.members.flatMap((member) => [
    `${indent}· ${[target.name, member.setIdentifier, healthText(member)].filter(Boolean).join(' ')}`,
    ...targetLines(member, `${indent}  `),
  ]);
}

function answerLines({ rcode, authoritative, clientSubnet, ...sections }: ExplainedAnswer): string[] {
  const { answers, authorities, additionals } = sections;
  return [
    `;; status: ${rcode}, flags: qr${authoritative ? ' aa' : ''}; ANSWER: ${answers.length}, AUTHORITY: ${authorities.length}, ADDITIONAL: ${additionals.length}`,
    ...(clientSubnet === undefined ? [] : [`;; CLIENT-SUBNET: ${clientSubnet}`]),
    ...sectionLines('ANSWER', answers),
    ...sectionLines('AUTHORITY', authorities),
    ...sectionLines('ADDITIONAL', additionals),
  ];
}

function sectionLines(title: string, records: readonly string[]): string[] {
  return records.length === 0 ? [] : ['', `;; ${title} SECTION:`, ...records];
}
