import type { IncomingHttpHeaders } from 'node:http';
import { cborForm } from './cloudwatch/cbor-form.ts';
import { jsonForm } from './cloudwatch/json-form.ts';
import { kmsForm } from './kms/kms-form.ts';
import type { WireForm } from './wire/wire-form.ts';

const JSON_FORMS = [jsonForm, kmsForm];

/** By its looks, before anything is known of who sent it: also a refused signature is told in the client's own form. */
export function wireFormOf(rawPath: string, headers: IncomingHttpHeaders): WireForm | undefined {
  if (cborForm.operationOf(rawPath) !== undefined) return cborForm;
  return JSON_FORMS.find((form) => form.operationOf(headers) !== undefined);
}
