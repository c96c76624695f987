import { createServer, type Server, type Socket } from 'node:net';
import { FrameGuard } from './frame-guard.ts';
import { StrataSession } from './session.ts';

/** Serves one client over a pair of streams; the promise settles when it leaves. */
export function serveStreams(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void> {
  const session = new StrataSession();
  session.setRunAsServer(true);
  const guard = new FrameGuard((problem) => session.report(problem));
  session.start(input.pipe(guard), output);
  return new Promise((resolve) => {
    const end = (): void => {
      session.close();
      resolve();
    };
    void session.disconnected.then(end);
    input.once('end', end);
    input.once('close', end);
    input.once('error', end);
  });
}

/** Serves any number of clients, one after another or at once, each with a debuggee of its own. */
export function serveTcp(port: number, host = '127.0.0.1'): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket: Socket) => {
      // A client that goes away in the middle of an answer is no fault of the adapter.
      socket.on('error', () => socket.destroy());
      void serveStreams(socket, socket).then(() => socket.end());
    });
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}
