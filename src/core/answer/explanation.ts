/** Why a question is answered as it is: plain data, for people by the CLI and for programs as JSON. Names are in normal form. */
export interface Explanation {
  readonly name: string;
  readonly type: string;
  readonly client: ExplainedClient;
  readonly zone: { readonly id: string; readonly name: string };
  /** In the order of the walk. */
  readonly steps: readonly ExplainedStep[];
  /** The query's random number, by which the answer can be had again. */
  readonly draw: number;
  readonly answer: ExplainedAnswer;
}

export interface ExplainedClient {
  /** An address, or the network that the resolver told. */
  readonly network: string;
  readonly toldBy: 'its address' | 'client subnet';
  /** Undefined when no location database is loaded; codes are '' where the database does not know. */
  readonly place?: { readonly continent: string; readonly country: string; readonly subdivision: string };
}

export type ExplainedStep =
  | { readonly kind: 'name'; readonly name: string; readonly types: readonly string[] }
  | { readonly kind: 'wildcard'; readonly name: string; readonly wildcard: string; readonly types: readonly string[] }
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'nothing'; readonly name: string; readonly type: string }
  | { readonly kind: 'cut'; readonly name: string; readonly cut: string }
  | { readonly kind: 'cname'; readonly name: string; readonly target: string }
  | { readonly kind: 'alias'; readonly name: string; readonly target: string; readonly type: string }
  | { readonly kind: 'end'; readonly target: string; readonly why: 'elsewhere' | 'loop' | 'too long' | 'routed' }
  /** The zone is here and must not be answered from: it has not been transferred yet, or it has expired. */
  | { readonly kind: 'withheld' }
  | ExplainedGroup;

/** Record sets of one name and type, among which a policy picks. */
export interface ExplainedGroup {
  readonly kind: 'group';
  readonly name: string;
  readonly type: string;
  readonly policy: string;
  readonly candidates: readonly ExplainedCandidate[];
  readonly draws: readonly { readonly value: number; readonly meaning: string }[];
  /** What was picked is not healthy: nothing better was there. */
  readonly lastResort: boolean;
}

export interface ExplainedCandidate extends ExplainedHealth {
  readonly setIdentifier: string;
  /** What the policy thinks of it. */
  readonly thought: string;
  readonly picked: boolean;
  /** Its values, or the name that it is an alias of. */
  readonly values?: readonly string[];
  readonly alias?: string;
  /** Addresses of a host outside that it is an alias of, none when it has none. */
  readonly outside?: readonly string[] | 'unresolved';
}

/** Whether a candidate is healthy, and by what. */
export interface ExplainedHealth {
  readonly healthy: boolean;
  readonly check?: {
    readonly id: string;
    /** `gone` is one that was deleted, and `unknown` one that has no status yet; both count as healthy. */
    readonly status: 'healthy' | 'unhealthy' | 'unknown' | 'gone';
    /** The status is not the real one: whoever asked wants it so. */
    readonly supposed?: true;
  };
  /** What an alias that evaluates its target's health found there. */
  readonly target?: ExplainedTarget;
}

export interface ExplainedTarget {
  readonly name: string;
  readonly healthy: boolean;
  /** Left out where the target was told of before. */
  readonly members?: readonly (ExplainedHealth & { readonly setIdentifier: string })[];
}

export interface ExplainedAnswer {
  /** `NOERROR`, `NXDOMAIN` … */
  readonly rcode: string;
  readonly authoritative: boolean;
  /** The network that the answer holds for, as the resolver is told (RFC 7871 §7.2.1): `203.0.113.0/24/16`. */
  readonly clientSubnet?: string;
  /** Records as `dig` prints them. */
  readonly answers: readonly string[];
  readonly authorities: readonly string[];
  readonly additionals: readonly string[];
}
