import { referencePage } from '../../src/isa/reference-page.ts';
import type { Region } from '../../src/machine/bus.ts';
import { createMachine } from '../../src/machine/machine.ts';
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
  const nothing = { segments: [], entry: 0x8000_0000n };
  const { regions } = createMachine({ image: nothing, ramBytes: 16 * 2 ** 20 }).board.bus;
  return `${generated}\n# Devices\n\nThe machine's, where QEMU's \`virt\` board has them; a guest of the VMM has its own of the same kinds at the same guest-physical addresses.\n${regions.map(deviceSection).join('')}`;
}

function deviceSection({ name, base, size, interrupt, device }: Region): string {
  // An interrupt controller repeats its registers for each source: the first of each kind says it all.
  const kinds = new Map(device.registers.toReversed().map((register) => [kindOf(register.name), register]));
  const shown = device.registers.filter((register) => kinds.get(kindOf(register.name)) === register);
  const rest = device.registers.length - shown.length;
  const rows = shown.map(
    ({ name: register, offset, width, access, summary, fields }) =>
      `| \`${register}\` | 0x${offset.toString(16)} | ${width} | ${access} | ${summary}${fields
        .map((field) => `<br>\`${field.name}\` [${field.high}:${field.low}] ${field.summary}`)
        .join('')} |`,
  );
  return `
## ${name}: ${device.model}

${device.summary} At 0x${base.toString(16)}, 0x${size.toString(16)} bytes${interrupt === undefined ? '' : `, interrupt ${interrupt}`}.

| register | offset | bytes | access | |
|---|---|---|---|---|
${rows.join('\n')}
${rest > 0 ? `\n${rest} more of the same kinds.\n` : ''}`;
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
