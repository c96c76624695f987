import { serveStreams } from './server.ts';

await serveStreams(process.stdin, process.stdout);
process.exit(0);
