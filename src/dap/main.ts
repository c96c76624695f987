import { yieldToGuest } from './background-threads.ts';
import { serveStreams } from './server.ts';

yieldToGuest();
await serveStreams(process.stdin, process.stdout);
process.exit(0);
