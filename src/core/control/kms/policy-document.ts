import { refuse, type Refusal } from '../operation.ts';

/**
 * A key's policy as a document, and what it says of a question. Of conditions only some operators and keys are known here: another
 * one never makes a statement allow something, and never keeps one from denying it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export interface Policy {
  readonly statements: readonly Statement[];
}

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly principals: Names;
  readonly actions: Names;
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
}

/** What a statement lists, or everything but what it lists. */
interface Names {
  readonly listed: readonly string[];
  readonly others: boolean;
}

interface Condition {
  readonly operator: string;
  /** In lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** Who would do what, with what is known of the request. */
export interface PolicyQuestion {
  /** As policies have them: `AWS:arn:aws:iam::111122223333:root`, `Service:dnssec-route53.amazonaws.com`. */
  readonly principals: readonly string[];
  readonly action: string;
  readonly keyArn: string;
  /** By their names in lower case. */
  readonly context: Readonly<Record<string, string>>;
}

/** AWS: 32 kilobytes, of characters that its pattern lists. */
const POLICY_CHARACTERS_MAX = 32_768;

export function readPolicy(text: string): Policy | Refusal {
  if (text.length > POLICY_CHARACTERS_MAX) {
    return refuse('LimitExceededException', `The key policy is longer than ${POLICY_CHARACTERS_MAX} characters.`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return malformed('it is not JSON');
  }
  if (!isObject(document)) return malformed('it is not a JSON object');
  const { Version: version, Statement: statement } = document;
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') {
    return malformed('its Version is not 2012-10-17');
  }
  const statements: Statement[] = [];
  for (const each of Array.isArray(statement) ? (statement as unknown[]) : [statement]) {
    const read = readStatement(each);
    if (typeof read === 'string') return malformed(read);
    statements.push(read);
  }
  return { statements };
}

function malformed(why: string): Refusal {
  return refuse('MalformedPolicyDocumentException', `The key policy is malformed: ${why}.`);
}

/** What is wrong with it is a text. */
function readStatement(value: unknown): Statement | string {
  if (!isObject(value)) return 'a Statement is not an object';
  const { Effect: effect } = value;
  if (effect !== 'Allow' && effect !== 'Deny') return 'the Effect of a Statement is neither Allow nor Deny';
  const principals = readNames(value, 'Principal', readPrincipals);
  const actions = readNames(value, 'Action', textsOf);
  if (principals === undefined) return 'a Statement needs a Principal';
  if (actions === undefined) return 'a Statement needs an Action';
  const resources = textsOf(value['Resource']);
  if (resources === undefined) return 'a Statement needs a Resource';
  const conditions = readConditions(value['Condition'] ?? {});
  if (conditions === undefined) return 'a Condition is not made of operators, keys and values';
  return { effect, principals, actions, resources, conditions };
}

function readNames(
  statement: Readonly<Record<string, unknown>>,
  member: string,
  read: (value: unknown) => readonly string[] | undefined,
): Names | undefined {
  const listed = read(statement[member]);
  const not = read(statement[`Not${member}`]);
  if ((listed === undefined) === (not === undefined)) return undefined;
  return { listed: listed ?? not ?? [], others: listed === undefined };
}

function readPrincipals(value: unknown): readonly string[] | undefined {
  if (value === '*') return ['*'];
  if (!isObject(value)) return undefined;
  const all = Object.entries(value).map(([kind, names]) => textsOf(names)?.map((name) => `${kind}:${name}`));
  return all.length === 0 || all.includes(undefined) ? undefined : (all as string[][]).flat();
}

function readConditions(value: unknown): Condition[] | undefined {
  if (!isObject(value)) return undefined;
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries(value)) {
    if (!isObject(keys)) return undefined;
    for (const [key, wanted] of Object.entries(keys)) {
      const values = textsOf(typeof wanted === 'boolean' || typeof wanted === 'number' ? String(wanted) : wanted);
      if (values === undefined) return undefined;
      conditions.push({ operator, key: key.toLowerCase(), values });
    }
  }
  return conditions;
}

function textsOf(value: unknown): readonly string[] | undefined {
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  return all.length > 0 && all.every((each) => typeof each === 'string') ? all : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Some statement allows it, and none denies it. */
export function policyAllows({ statements }: Policy, question: PolicyQuestion): boolean {
  const concerning = statements.filter((statement) => concerns(statement, question));
  // What is not known of a denial's condition must not let anybody in.
  if (concerning.some(({ effect, conditions }) => effect === 'Deny' && holds(conditions, question, true))) return false;
  return concerning.some(({ effect, conditions }) => effect === 'Allow' && holds(conditions, question, false));
}

function concerns(
  { principals, actions, resources }: Statement,
  { action, keyArn, ...question }: PolicyQuestion,
): boolean {
  const anybody = principals.listed.includes('*') || principals.listed.includes('AWS:*');
  const named = anybody || principals.listed.some((each) => question.principals.includes(each));
  const acts = actions.listed.some((pattern) => like(pattern.toLowerCase(), action.toLowerCase()));
  return named !== principals.others && acts !== actions.others && resources.some((pattern) => like(pattern, keyArn));
}

function holds(conditions: readonly Condition[], { context }: PolicyQuestion, unknown: boolean): boolean {
  return conditions.every(({ operator, key, values }) => {
    const known = OPERATORS[operator];
    const value = context[key];
    if (known === undefined || value === undefined) return unknown;
    return values.some((each) => known.matches(each, value)) !== known.negated;
  });
}

const equal = (pattern: string, value: string): boolean => pattern === value;

const OPERATORS: Readonly<Record<string, { matches: (pattern: string, value: string) => boolean; negated: boolean }>> =
  {
    StringEquals: { matches: equal, negated: false },
    StringNotEquals: { matches: equal, negated: true },
    StringLike: { matches: like, negated: false },
    StringNotLike: { matches: like, negated: true },
    ArnEquals: { matches: like, negated: false },
    ArnNotEquals: { matches: like, negated: true },
    ArnLike: { matches: like, negated: false },
    ArnNotLike: { matches: like, negated: true },
    Bool: { matches: equal, negated: false },
  };

/** `*` and `?` as policies have them. It takes time that grows with both lengths together, whatever the pattern. */
function like(pattern: string, text: string): boolean {
  const parts = pattern.split(/\*+/);
  const fits = (part: string, at: number): boolean => {
    if (at < 0 || at + part.length > text.length) return false;
    for (let index = 0; index < part.length; index += 1) {
      if (part[index] !== '?' && part[index] !== text[at + index]) return false;
    }
    return true;
  };
  const first = parts[0] as string;
  if (parts.length === 1) return first.length === text.length && fits(first, 0);
  if (!fits(first, 0)) return false;
  const last = parts.at(-1) as string;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    while (at + part.length <= text.length && !fits(part, at)) at += 1;
    if (at + part.length > text.length) return false;
    at += part.length;
  }
  return text.length - last.length >= at && fits(last, text.length - last.length);
}
