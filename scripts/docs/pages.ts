import { referencePage } from '../../src/isa/reference-page.ts';
import type { Region } from '../../src/machine/bus.ts';
import { VirtioMmio } from '../../src/machine/devices/virtio-mmio.ts';
import { configurationOffset } from '../../src/machine/devices/virtio-mmio-registers.ts';
import { everyDevice } from '../../src/machine/every-device.ts';
import { launchFilters } from '../../src/debugger/breakpoints/filters.ts';
import { exitActions } from '../../src/vmm/exits/actions.ts';
import { exitReasons } from '../../src/vmm/exits/reasons.ts';

/** The pages of docs/reference/, by file name: each is made from the descriptions that the product itself runs on. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['instructions-and-registers.md', referencePage()],
    ['devices.md', devicesPage()],
    ['exits-and-traps.md', exitsPage()],
  ]);
}

const generated = '<!-- Written by `npm run docs` from the descriptions in src/. -->\n';

function devicesPage(): string {
  const regions = everyDevice();
  const transport = regions.find(({ device }) => device instanceof VirtioMmio);
  return `${generated}\n# Devices\n\nThe machine's, where QEMU's \`virt\` board has them; a guest of the VMM has its own of the same kinds at the same guest-physical addresses.\n${regions.map((region) => deviceSection(region, transport)).join('')}`;
}

/** `transport` is the first of the virtio devices, which share the registers of their transport. */
function deviceSection(region: Region, transport: Region | undefined): string {
  const { name, base, size, interrupt, device } = region;
  const repeats = device instanceof VirtioMmio && region !== transport;
  const registers = device.registers.filter(({ offset }) => !repeats || offset >= configurationOffset);
  // An interrupt controller repeats its registers for each source: the first of each kind says it all.
  const kinds = new Map(registers.toReversed().map((register) => [kindOf(register.name), register]));
  const shown = registers.filter((register) => kinds.get(kindOf(register.name)) === register);
  const rest = registers.length - shown.length;
  const rows = shown.map(
    ({ name: register, offset, width, access, summary, fields }) =>
      `| \`${register}\` | 0x${offset.toString(16)} | ${width} | ${access} | ${summary}${fields
        .map((field) => `<br>\`${field.name}\` [${field.high}:${field.low}] ${field.summary}`)
        .join('')} |`,
  );
  return `
## ${name}: ${device.model}

${device.summary} At 0x${base.toString(16)}, 0x${size.toString(16)} bytes${interrupt === undefined ? '' : `, interrupt ${interrupt}`}.
${repeats ? `\nThe registers up to 0x100 are those of ${transport?.name ?? ''}.\n` : ''}${device instanceof VirtioMmio ? featuresOf(device) : ''}
${rows.length > 0 ? `${registerHead}${rows.join('\n')}\n` : ''}${rest > 0 ? `\n${rest} more of the same kinds.\n` : ''}`;
}

const registerHead = '| register | offset | bytes | access | |\n|---|---|---|---|---|\n';

function featuresOf({ transport: { features, queues } }: VirtioMmio): string {
  const rows = features.map(({ name, bit, summary }) => `| \`${name}\` | ${bit} | ${summary} |`);
  const names = queues.map(({ name, maximumSize }) => `${name} (${maximumSize})`);
  return `\nQueues: ${names.join(', ')}.\n\n| feature | bit | |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function kindOf(name: string): string {
  return name.replaceAll(/[0-9]+/g, '#');
}

function exitsPage(): string {
  const reasons = exitReasons.map(
    ({ id, label, description }) => `| \`exit.${id}\` | ${label} | ${description} |`,
  );
  const actions = exitActions.map(({ id, summary }) => `| \`vmm!${id}\` | ${summary} |`);
  const traps = launchFilters
    .filter(({ id }) => id.startsWith('trap.'))
    .map(({ id, label }) => `| \`${id}\` | ${label} |`);
  return `${generated}
# VM exits and traps

## Reasons of exits

| filter | label | |
|---|---|---|
${reasons.join('\n')}

## What the VMM does about them

Each exit goes through the stages \`vmm!exit\`, \`vmm!decode\`, \`vmm!find\`, one of these, and \`vmm!resume\`.

| stage | |
|---|---|
${actions.join('\n')}

## Traps

| filter | label |
|---|---|
${traps.join('\n')}
`;
}
