/**
 * Runs all fast tests on each engine, or on those that are named, and says at the end how many passed on which.
 *
 *     npm run test:engines [-- ENGINE…]
 */
import { spawn } from 'node:child_process';
import { root } from './root.ts';

const engines = ['auto', 'translator', 'interpreter', 'reference'] as const;
type EngineOfTests = (typeof engines)[number];

/** On the reference evaluator a test takes minutes that else takes seconds. */
const referenceTimeoutMilliseconds = 600_000;

const named = process.argv.slice(2);
const unknown = named.find((name) => !engines.some((engine) => engine === name));
if (unknown !== undefined) {
  console.error(`there is no engine ${unknown}; there are ${engines.join(', ')}`);
  process.exit(2);
}

const results: { readonly engine: string; readonly hasPassed: boolean; readonly counts: string }[] = [];
for (const engine of engines)
  if (named.length === 0 || named.includes(engine)) results.push({ engine, ...(await testsOn(engine)) });
for (const { engine, hasPassed, counts } of results)
  console.log(`${hasPassed ? 'passed' : 'FAILED'}  ${engine.padEnd(11)}  ${counts}`);
process.exitCode = results.every(({ hasPassed }) => hasPassed) ? 0 : 1;

async function testsOn(
  engine: EngineOfTests,
): Promise<{ readonly hasPassed: boolean; readonly counts: string }> {
  console.log(`\n== all fast tests, engine ${engine}`);
  const options = engine === 'reference' ? ['--timeout', String(referenceTimeoutMilliseconds)] : [];
  const { STRATA_ENGINE: _, ...environment } = process.env;
  const child = spawn('npx', ['mocha', ...options], {
    cwd: root,
    env: { ...environment, ...(engine !== 'auto' && { STRATA_ENGINE: engine }) },
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    process.stdout.write(more);
    text += more;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const counts = [...text.matchAll(/^ {2}(\d+ (?:passing|failing|pending).*)$/gm)].map(([, count]) => count);
  return { hasPassed: code === 0, counts: counts.join(', ') };
}
