import { TYPE } from '../record-type.ts';
import { singleName } from './single-name.ts';

/** A pointer (RFC 1035 §3.3.12). */
export const ptr = singleName(TYPE.PTR, 'PTR');
