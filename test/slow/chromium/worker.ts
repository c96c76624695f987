/** What Chromium runs, apart from its page: a kernel comes in, its history goes out. */
import { historyOf } from './history.ts';

addEventListener('message', ({ data }: MessageEvent<Uint8Array>) => {
  postMessage(historyOf(data));
});
