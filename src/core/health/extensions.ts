/**
 * What a health check can do beyond Route 53, said in tags of the health check, because every AWS client can write and read them and
 * none is disturbed by them: `waypost:interval` = `1`. Without tags a check behaves as Route 53's.
 */
export interface Extensions {
  /** In place of RequestInterval. */
  readonly intervalSeconds?: number;
  /** For each phase of a probe, where it is shorter than Route 53's. */
  readonly timeoutSeconds?: number;
  readonly method?: string;
  /** Statuses that pass, instead of 200–399. */
  readonly codes?: readonly CodeRange[];
  /** In the order of their tags. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly failBackDelaySeconds?: number;
}

export interface CodeRange {
  readonly first: number;
  readonly last: number;
}

export const EXTENSION_PREFIX = 'waypost:';
const HEADER_PREFIX = 'waypost:header:';

const INTERVAL_SECONDS_MAX = 3600;
/** Route 53's longest wait of one phase, the connection of a TCP check. */
const TIMEOUT_SECONDS_MAX = 10;
const FAIL_BACK_SECONDS_MAX = 86_400;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'TRACE', 'PATCH', 'DELETE'];
/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible ASCII and spaces, RFC 9110 §5.5 without its obsolete parts. */
const FIELD_VALUE = /^[\x20-\x7e]*$/;
/** What makes a probe's own frame, and is not for a tag to say. */
const OWN_HEADERS = ['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect'];

interface Tag {
  readonly key: string;
  readonly value: string;
}

/** How each tag is read, with what it must be; undefined is a value that it cannot have. */
const READERS: Readonly<Record<string, readonly [must: string, read: (value: string) => Extensions | undefined]>> = {
  'waypost:interval': [
    `a whole number of seconds from 1 to ${INTERVAL_SECONDS_MAX}`,
    (value) => seconds(value, 1, INTERVAL_SECONDS_MAX, (intervalSeconds) => ({ intervalSeconds })),
  ],
  'waypost:timeout': [
    `a whole number of seconds from 1 to ${TIMEOUT_SECONDS_MAX}`,
    (value) => seconds(value, 1, TIMEOUT_SECONDS_MAX, (timeoutSeconds) => ({ timeoutSeconds })),
  ],
  'waypost:method': [
    `one of ${METHODS.join(', ')}`,
    (value) => (METHODS.includes(value) ? { method: value } : undefined),
  ],
  'waypost:codes': [
    'HTTP statuses and ranges of them, such as 200-299 401',
    (value) => {
      const codes = codeRanges(value);
      return codes === undefined ? undefined : { codes };
    },
  ],
  'waypost:failback-delay': [
    `a whole number of seconds from 0 to ${FAIL_BACK_SECONDS_MAX}`,
    (value) => seconds(value, 0, FAIL_BACK_SECONDS_MAX, (failBackDelaySeconds) => ({ failBackDelaySeconds })),
  ],
};

/** What is wrong with a tag that begins with `waypost:`, if something is. */
export function extensionProblem({ key, value }: Tag): string | undefined {
  if (key.startsWith(HEADER_PREFIX)) return headerProblem(key, value);
  const reader = READERS[key];
  if (reader === undefined) {
    return `there is no tag ${key}; there are ${[...Object.keys(READERS), `${HEADER_PREFIX}NAME`].join(', ')}`;
  }
  return reader[1](value) === undefined ? `the tag ${key} must be ${reader[0]}` : undefined;
}

/** What the tags of a health check say; tags that say nothing about it are passed over. */
export function extensionsOf(tags: readonly Tag[]): Extensions {
  const ours = tags.filter((tag) => tag.key.startsWith(EXTENSION_PREFIX) && extensionProblem(tag) === undefined);
  const headers = ours
    .filter(({ key }) => key.startsWith(HEADER_PREFIX))
    .map(({ key, value }) => [key.slice(HEADER_PREFIX.length), value] as const);
  const said = ours.map(({ key, value }) => READERS[key]?.[1](value) ?? {});
  return Object.assign({}, ...said, headers.length === 0 ? {} : { headers }) as Extensions;
}

function seconds(
  value: string,
  min: number,
  max: number,
  say: (seconds: number) => Extensions,
): Extensions | undefined {
  const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : NaN;
  return number >= min && number <= max ? say(number) : undefined;
}

function codeRanges(value: string): CodeRange[] | undefined {
  const ranges = value.split(/[ ,]+/).map((part) => /^([1-9][0-9]{2})(?:-([1-9][0-9]{2}))?$/.exec(part));
  const codes: CodeRange[] = [];
  for (const match of ranges) {
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) return undefined;
    codes.push({ first, last });
  }
  return codes;
}

function headerProblem(key: string, value: string): string | undefined {
  const name = key.slice(HEADER_PREFIX.length);
  if (!TOKEN.test(name)) return `the tag ${key} does not end in the name of an HTTP header`;
  if (OWN_HEADERS.includes(name.toLowerCase()))
    return `the header ${name} is the probe's own and cannot be set by a tag`;
  return FIELD_VALUE.test(value) ? undefined : `the tag ${key} must be of visible ASCII characters and spaces`;
}
