import { openWindows, stopWorkbench } from './harness.ts';

// For every test of the workbench: a picture of each window when it failed, and no window outlives its test.
afterEach(async function () {
  const failed = this.currentTest?.state === 'failed';
  const name = (this.currentTest?.fullTitle() ?? 'test').replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 100);
  for (const window of openWindows) {
    if (failed) console.log(`    seen at the failure: ${await window.screenshot(`failed-${name}`)}`);
    await window.dispose();
  }
});

after(stopWorkbench);
