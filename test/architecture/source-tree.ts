import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The layers below the protocols: they run anywhere, so they import nothing but each other. */
export const coreLayers = [
  'common',
  'isa',
  'hart',
  'machine',
  'vmm',
  'timeline',
  'symbols',
  'introspection',
  'debugger',
] as const;

interface TypeScriptProject {
  readonly compilerOptions?: { readonly types?: readonly string[]; readonly lib?: readonly string[] };
  readonly references?: readonly { readonly path: string }[];
}

/** The tsconfig.json of a folder, given by its path from the repository's root. */
export function projectOf(folder: string): TypeScriptProject {
  return JSON.parse(readFileSync(join(root, folder, 'tsconfig.json'), 'utf8')) as TypeScriptProject;
}

/** The layers that stand under src/: its folders. */
export function layersPresent(): readonly string[] {
  return readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

/** The TypeScript files of one layer, as absolute paths. */
export function sourcesOf(layer: string): readonly string[] {
  return filesBelow(join(root, 'src', layer)).filter((file) => file.endsWith('.ts'));
}

const notOurs = new Set(['node_modules', '.git', '.build', '.cache', 'dist', 'screenshots', 'coverage']);

/** Every file of the project as a path from its root, without what git ignores or others wrote. */
export function projectFiles(): readonly string[] {
  return filesBelow(root)
    .filter((file) => !file.endsWith('.vsix'))
    .map((file) => relative(root, file));
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
