import { join } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';

/** Threads are entry points that only their starter names. */
const threads: Plugin = {
  name: 'threads',
  transform(code, id) {
    if (!code.includes('new Worker(')) return undefined;
    return code.replaceAll(/new URL\('\.\/([a-z-]+)\.ts', import\.meta\.url\)/g, (_, name: string) => {
      this.emitFile({ type: 'chunk', id: join(id, '..', `${name}.ts`), fileName: `${name}.js` });
      return `new URL('./${name}.js', import.meta.url)`;
    });
  },
};

/** Bundles what an entry point needs, its threads included, into `main.js` and files beside it; where that is. */
export async function bundle(entry: string, directory: string): Promise<string> {
  const bundled = await rolldown({
    input: { main: entry },
    platform: 'node',
    // They load native code beside themselves.
    external: ['lmdb', 'koffi'],
    // Modules of their own, where a package has them, lose what nobody uses.
    resolve: { mainFields: ['module', 'main'] },
    plugins: [threads],
  });
  await bundled.write({ dir: directory, format: 'esm' });
  await bundled.close();
  return join(directory, 'main.js');
}
