import { TYPE } from '../record-type.ts';
import { singleName } from './single-name.ts';

/** A canonical name (RFC 1035 §3.3.1). */
export const cname = singleName(TYPE.CNAME, 'CNAME');
