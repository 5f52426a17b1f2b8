import type { FieldReader } from '../field-reader.ts';
import { printName, type Name } from '../name.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE } from '../record-type.ts';
import { WireFormatError } from '../wire-reader.ts';
import type { RdataType } from './rdata-type.ts';
import { isWellFormed, parseParameter, printParameter, type SvcParameter } from './svcb-parameter.ts';

/** A service binding (RFC 9460 §2). Priority 0 is alias mode. The target is never compressed. */
export interface Svcb {
  readonly priority: number;
  readonly target: Name;
  /** Ascending by key. */
  readonly parameters: readonly SvcParameter[];
}

export const svcb = serviceBinding(TYPE.SVCB, 'SVCB');
export const https = serviceBinding(TYPE.HTTPS, 'HTTPS');

function serviceBinding(code: number, name: string): RdataType<Svcb> {
  return {
    code,
    name,
    parse(fields) {
      const priority = fields.integer('Priority', 0xffff);
      const target = fields.name();
      const parameters = parseParameters(fields);
      return { priority, target, parameters };
    },
    print: (value) => [value.priority, printName(value.target), ...value.parameters.map(printParameter)].join(' '),
    write(value, out) {
      out.u16(value.priority);
      out.name(value.target, false);
      for (const parameter of value.parameters) {
        out.u16(parameter.key);
        out.u16(parameter.value.length);
        out.octets(parameter.value);
      }
    },
    read(wire, end) {
      const priority = wire.u16();
      const target = wire.name();
      const parameters: SvcParameter[] = [];
      while (wire.position < end) {
        const key = wire.u16();
        const last = parameters.at(-1);
        if (last !== undefined && last.key >= key) throw new WireFormatError('service parameters out of order');
        const parameter = { key, value: wire.octets(wire.u16()) };
        if (!isWellFormed(parameter)) throw new WireFormatError('a service parameter of the wrong shape');
        parameters.push(parameter);
      }
      return { priority, target, parameters };
    },
  };
}

function parseParameters(fields: FieldReader): SvcParameter[] {
  const parameters: SvcParameter[] = [];
  while (fields.remaining > 0) {
    let text = fields.text('Parameter');
    if (text.endsWith('=')) text += fields.adjoiningText();
    parameters.push(parseParameter(text, fields.notation));
  }
  parameters.sort((left, right) => left.key - right.key);
  for (const [index, parameter] of parameters.entries()) {
    if (index > 0 && parameters[index - 1]?.key === parameter.key) {
      throw new PresentationError('InvalidSvcParameter', 'A service parameter occurs twice');
    }
  }
  checkMandatory(parameters);
  return parameters;
}

/** RFC 9460 §8: `mandatory` lists present keys other than itself; `no-default-alpn` needs `alpn` (§7.1.1). */
function checkMandatory(parameters: readonly SvcParameter[]): void {
  const keys = new Set(parameters.map((parameter) => parameter.key));
  const mandatory = parameters[0]?.key === 0 ? parameters[0].value : new Uint8Array(0);
  for (let at = 0; at < mandatory.length; at += 2) {
    const key = ((mandatory[at] as number) << 8) | (mandatory[at + 1] as number);
    if (key === 0 || !keys.has(key)) {
      throw new PresentationError('InvalidSvcParameter', 'mandatory lists a key that is not present');
    }
  }
  if (keys.has(2) && !keys.has(1)) throw new PresentationError('InvalidSvcParameter', 'no-default-alpn needs alpn');
}
