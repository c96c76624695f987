import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { validateLaunch } from '../../src/protocol/launch.ts';

const sampleGuests = fileURLToPath(new URL('../../sample-guests/', import.meta.url));

describe('sample-guests/*/.vscode/launch.json', () => {
  for (const guest of ['hello', 'kernel', 'pair']) {
    const folder = path.join(sampleGuests, guest);
    const text = readFileSync(path.join(folder, '.vscode/launch.json'), 'utf8');
    const { configurations } = JSON.parse(text.replaceAll('${workspaceFolder}', folder)) as {
      configurations: { name: string }[];
    };
    for (const configuration of configurations) {
      it(`${guest}: "${configuration.name}" is valid and names files that are there`, () => {
        const result = validateLaunch(configuration);
        assert.ok(result.ok, JSON.stringify(result));
        const guests = result.configuration.guests ?? [result.configuration];
        for (const { image, programs = [] } of guests)
          for (const file of [image, ...programs]) assert.ok(file && existsSync(file), file);
      });
    }
  }
});
