import { TYPE } from '../record-type.ts';
import { singleName } from './single-name.ts';

/** A name server (RFC 1035 §3.3.11). */
export const ns = singleName(TYPE.NS, 'NS');
