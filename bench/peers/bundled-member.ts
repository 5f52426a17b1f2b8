import { fileURLToPath } from 'node:url';
import { basename, dirname } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';

/**
 * A bench's member as users run Waypost: bundled. Not only for its start: to strip types, Node runs WebAssembly in each thread, whose
 * memory grows; from then on V8 asks at each access to a typed array whether its buffer is still there, which costs an answer 2 to 5 %.
 */
export function bundledMember(file: URL): Promise<string> {
  const path = fileURLToPath(file);
  // As deep as the sources, whose paths to packages it takes over.
  const name = `bench-${basename(dirname(path))}-${basename(path, '.ts')}`;
  return bundle(path, fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)));
}
