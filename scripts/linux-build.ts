/**
 * Builds a small Linux with KASLR from Debian's sources, and says how to debug it.
 *
 *     npm run linux:build
 */
import { relative } from 'node:path';
import { relocatableLinux } from './linux/relocatable-linux.ts';

const { kernel } = relocatableLinux();
process.stdout.write(`
${relative(process.cwd(), kernel)}: launch.json chooses by "kaslrSeed" where it runs; npm run test:kaslr tests with it
`);
