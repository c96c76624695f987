import type { Command } from 'commander';
import type { Region } from '../machine/bus.ts';
import { everyDevice } from '../machine/every-device.ts';

/** `strata devices`: the memory map, and every register with its fields, from the descriptions. */
export function addDevicesCommand(program: Command): void {
  program
    .command('devices')
    .description('List the devices of the machine: memory map, registers, bit-fields.')
    .argument('[name]', 'only this device')
    .option('--registers', 'with registers and fields')
    .option('--json', 'as one JSON document')
    .addHelpText('after', '\nExamples:\n  strata devices\n  strata devices uart0 --registers')
    .action((name: string | undefined, options: { readonly registers?: true; readonly json?: true }) => {
      const all = everyDevice();
      const chosen = name === undefined ? all : all.filter((region) => region.name === name);
      if (chosen.length === 0)
        program.error(
          `strata: there is no device '${name ?? ''}'; there are ${all.map((each) => each.name).join(', ')}`,
          { exitCode: 2 },
        );
      const withRegisters = options.registers === true || name !== undefined;
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify(chosen.map(toJson), undefined, 2)}\n`
          : chosen.map((region) => toText(region, withRegisters)).join(''),
      );
    });
}

function toText({ name, base, size, interrupt, device }: Region, withRegisters: boolean): string {
  const place = `0x${base.toString(16).padStart(8, '0')} +0x${size.toString(16)}`;
  const irq = interrupt === undefined ? '' : `  irq ${interrupt}`;
  const head = `${name.padEnd(10)} ${place.padEnd(24)} ${device.model.padEnd(16)}${irq}\n  ${device.summary}\n`;
  if (!withRegisters) return head;
  const rows = device.registers.flatMap((register) => [
    `    +0x${register.offset.toString(16).padStart(4, '0')} ${register.name.padEnd(16)} ${register.width} ${register.width === 1 ? 'byte' : 'bytes'}, ${register.access}: ${register.summary}`,
    ...register.fields.map(
      ({ name: field, high, low, summary }) => `        ${`${field} [${high}:${low}]`.padEnd(20)} ${summary}`,
    ),
  ]);
  return `${head}${rows.slice(0, mostRows).join('\n')}\n${rows.length > mostRows ? `    … ${rows.length - mostRows} more\n` : ''}`;
}

/** An interrupt controller has a register for each of a thousand sources. */
const mostRows = 100;

function toJson({ name, base, size, interrupt, device }: Region): object {
  const { model, summary, registers } = device;
  return {
    name,
    base,
    size,
    interrupt,
    model,
    summary,
    registers: registers.map((register) => ({ ...register, reset: `0x${register.reset.toString(16)}` })),
  };
}
