/**
 * Serves a real VS Code with this extension in it, to be opened in a browser.
 *
 *     npm run workbench [-- --folder FOLDER] [--port PORT]
 *
 * Its settings and state stay in `.cache/workbench-data` from one time to the next.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageExtension } from '../package.ts';
import { root } from '../root.ts';
import { installWorkbench } from './install.ts';
import { startServer } from './server.ts';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: join(root, 'sample-guests/kernel') },
    port: { type: 'string', default: '8123' },
  },
});
const folder = resolve(values.folder);
const port = Number(values.port);
if (!existsSync(folder)) fail(`there is no folder ${folder}`);
if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`--port takes 1 to 65535, not ${values.port}`);

const workbench = await installWorkbench(console.log);
console.log('workbench: building and installing the extension');
const extension = await packageExtension(join(root, '.cache/strata.vsix'));
const dataFolder = join(root, '.cache/workbench-data');
const server = await startServer({ workbench, dataFolder, extension, port });
console.log(`workbench: open ${server.url}/?folder=${encodeURI(folder)}   (Ctrl+C ends it)`);
process.on('SIGINT', () => void server.stop());
process.on('SIGTERM', () => void server.stop());
await server.ended;

function fail(reason: string): never {
  console.error(`workbench: ${reason}`);
  process.exit(2);
}
