/**
 * The launch configuration, as a user writes it in launch.json. The schema is the one description: the adapter's
 * validation, the editor's completion and hover (`contributes` in package.json) and the type come from it.
 */
import * as z from 'zod';

const fileName = z.string().min(1, 'name a file; here it is empty');
const folderName = z.string().min(1, 'name a folder; here it is empty');

const memorySize = z
  .string()
  .regex(/^[0-9]+[MG]$/, { error: 'write a size as 16M to 2G', abort: true })
  .refine((text) => {
    const bytes = parseMemorySize(text);
    return bytes >= 16 * 2 ** 20 && bytes <= 2 * 2 ** 30;
  }, 'memory is 16M at least and 2G at most')
  .describe('RAM of the guest: `16M` to `2G`. Default `128M`.');

const portNumber = z.int().min(1).max(65_535);
const portText = z
  .string()
  .regex(/^[0-9]{1,5}$/, { error: 'a port is a number from 0 to 65535', abort: true })
  .refine((text) => Number(text) <= 65_535, 'a port is a number from 0 to 65535');

const serviceText = z
  .string()
  .regex(/^[^:\s]+:[0-9]{1,5}$/, { error: 'write it as localhost:8000', abort: true })
  .refine((text) => Number(text.replace(/^.*:/, '')) <= 65_535, 'a port is a number from 0 to 65535');

const guestProperties = {
  image: fileName.describe('The kernel: an ELF file, or a flat image as QEMU’s `-kernel` takes it.'),
  programs: z
    .array(fileName)
    .describe('ELF files of the programs that run in the guest, for their symbols. They are not loaded.'),
  symbols: fileName.describe(
    'The kernel’s symbols, where the image has none: an ELF file (`vmlinux`), or its `System.map`. Of a Linux `Image` they are found without.',
  ),
  initrd: fileName.describe('Initial RAM disk.'),
  append: z.string().describe('The kernel’s command line.'),
  kaslrSeed: z
    .int()
    .min(1)
    .describe(
      '`kaslr-seed` of the device tree: Linux chooses by it where it runs. Without one it runs where it was linked.',
    ),
  disks: z
    .array(
      z.strictObject({
        file: fileName.describe('A disk image. It is not written: what the guest writes stays in memory.'),
        readOnly: z.boolean().optional().describe('The guest cannot write it. Default false.'),
      }),
    )
    .max(8)
    .describe('Disks (virtio block), the first at 0x10001000, as on QEMU’s virt board.'),
  randomSeed: z
    .int()
    .min(0)
    .max(0xffff_ffff)
    .describe('Gives the guest a source of random bytes (virtio entropy): the same for the same seed.'),
  network: z
    .strictObject({
      kind: z
        .enum(['user', 'switch'])
        .describe('`user`: a network of its own. `switch`: one together with all guests that say so.'),
      folder: folderName.optional().describe('A folder that the gateway’s web server shows.'),
      forward: z
        .record(portText, portNumber)
        .optional()
        .describe('Ports of this machine (on 127.0.0.1) → ports of the guest: `{ "8080": 80 }`.'),
      services: z
        .record(portText, serviceText)
        .optional()
        .describe(
          'Ports of the gateway → services that the guest may call there: `{ "8000": "localhost:8000" }`.',
        ),
    })
    .describe(
      'Gives the guest a network card (virtio net). Each network has a gateway, 10.0.2.2, with DHCP, DNS and a web server; ' +
        'it leads nowhere else but where `forward` and `services` say, so that every run is the same.',
    ),
  shares: z
    .array(
      z.strictObject({
        tag: z
          .string()
          .regex(/^[A-Za-z0-9_.-]{1,31}$/, 'a tag has 1 to 31 letters, digits, _, . and -')
          .describe('The name by which the guest mounts it.'),
        folder: folderName.describe('A folder. It is not written: what the guest writes stays in memory.'),
        readOnly: z.boolean().optional().describe('The guest cannot write it. Default false.'),
      }),
    )
    .max(8)
    .describe('Folders for the guest (virtio 9P): `mount -t 9p -o trans=virtio,version=9p2000.L TAG /mnt`.'),
  virtioConsole: z
    .boolean()
    .describe(
      'Gives the guest another console beside the UART (virtio console): `hvc0` of Linux. Default false.',
    ),
  clockStart: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, {
      error: 'write a time as 2026-01-01T00:00:00Z',
      abort: true,
    })
    .refine((text) => !Number.isNaN(Date.parse(text)), 'there is no such time')
    .describe('What the guest’s clock shows at power-on. Default `2026-01-01T00:00:00Z`.'),
  memory: memorySize,
  vcpus: z
    .int()
    .min(1, 'a guest has 1 to 8 vCPUs')
    .max(8, 'a guest has 1 to 8 vCPUs')
    .describe('Virtual harts of the guest under the VMM: 1 to 8. Default 1.'),
};

const clockRange = 'a clock has 10 to 10000 MHz, a multiple of 10';

const guestSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, 'a name starts with a letter and has letters, digits, - and _')
      .describe('Name of the guest: its threads, its console and `guest == "…"` in conditions.'),
    ...guestProperties,
  })
  .partial()
  .required({ name: true, image: true });

/** The schema behind {@link LaunchConfiguration}. Properties that VS Code adds by itself are let through. */
export const launchSchema = z
  .object({
    ...guestProperties,
    guests: z.array(guestSchema).min(1).max(8).describe('Several guests side by side, in place of `image`.'),
    vmm: z
      .enum(['hosted', 'none'])
      .describe(
        '`hosted` (default): guests run under the VMM. `none`: the image has the bare machine to itself.',
      ),
    firmware: z
      .string()
      .min(1, 'it is empty; write builtin, none, or the name of a file')
      .describe(
        'What runs in M mode when `vmm` is `none`: `builtin` (default), `none` for an M-mode image, or a file.',
      ),
    harts: z
      .int()
      .min(1, 'a machine has 1 to 8 harts')
      .max(8, 'a machine has 1 to 8 harts')
      .describe('Harts of the machine when `vmm` is `none`: 1 to 8. Default 1.'),
    quantum: z
      .int()
      .min(64, 'a turn has 64 to 1000000 steps')
      .max(1_000_000, 'a turn has 64 to 1000000 steps')
      .describe('Steps that a hart runs before the next has its turn. Default 1000.'),
    clockMegahertz: z
      .int()
      .min(10, clockRange)
      .max(10_000, clockRange)
      .multipleOf(10, clockRange)
      .describe(
        'How fast the machine is for its guests: million instructions in a second of their time. A multiple of 10; default ' +
          '100. With 1000 an instruction takes a nanosecond, as with QEMU’s `-icount shift=0`.',
      ),
    stopOnEntry: z.boolean().describe('Stop before the first instruction. Default false.'),
    sourceMap: z
      .record(z.string(), z.string())
      .describe('Where sources are now: prefix as compiled → folder on this machine.'),
    isa: z
      .string()
      .min(1, 'it is empty; write an instruction set as rv64gc_zba, or a profile, or leave it out')
      .describe(
        'Instruction set of the machine: `rv64gc_zba`, a profile (`rva20`, `rva22`, `rva23-without-v`) or `default` (everything), ' +
          'then changes: `default,-sstc`. Under the hosted VMM it needs H and Sstc.',
      ),
    profile: fileName.describe(
      'A file that tells at the end where the guest spent its steps, by stack: in V8’s format where its name ends in ' +
        '`.cpuprofile`, which VS Code opens, else folded stacks.',
    ),
    profileInterval: z
      .int()
      .min(1, 'it is the number of steps from sample to sample: 1 or more')
      .describe(
        'Profiles look at the stack every so many steps. Default 99991, a millisecond of the guest’s time.',
      ),
    engine: z
      .enum(['auto', 'translator', 'interpreter', 'reference'])
      .describe(
        'How guest code is run: hot code translated to WebAssembly, by an interpreter alone, or by the plain `reference`, which is slow and exists to compare against. Default `auto`.',
      ),
  })
  .partial();

/** What to debug, checked: see `validateLaunch`. */
export type LaunchConfiguration = Readonly<z.infer<typeof launchSchema>>;

/** Bytes of a size such as `16M` or `1G`. */
export function parseMemorySize(text: string): number {
  return Number(text.slice(0, -1)) * (text.endsWith('G') ? 2 ** 30 : 2 ** 20);
}

const known: ReadonlySet<string> = new Set(Object.keys(launchSchema.shape));
/** VS Code's own: attributes of every debug configuration. */
const fromEditor: ReadonlySet<string> = new Set([
  'type',
  'request',
  'name',
  'presentation',
  'preLaunchTask',
  'postDebugTask',
  'internalConsoleOptions',
  'debugServer',
  'serverReadyAction',
  'linux',
  'osx',
  'windows',
  'noDebug',
  'restart',
  'trace',
]);

/** What a user calls a part of the configuration, which is at `path` in it; or how he gives it a value. */
export type PlaceName = (path: readonly PropertyKey[], value?: string) => string;

/** As launch.json has it. */
export const attributeName: PlaceName = (path, value) => {
  const place = path.map(String).join('.');
  return value === undefined ? place : `"${place}": "${value}"`;
};

/** Checks what a user wrote. Each problem is one sentence that begins with the place, as the user calls it. */
export function validateLaunch(
  value: unknown,
  nameOf: PlaceName = attributeName,
):
  | { readonly ok: true; readonly configuration: LaunchConfiguration }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const parsed = launchSchema.safeParse(value);
  const problems = parsed.success
    ? contradictions(parsed.data, nameOf)
    : parsed.error.issues.map((issue) => describeIssue(issue, nameOf));
  if (typeof value === 'object' && value !== null)
    for (const name of Object.keys(value))
      if (!known.has(name) && !fromEditor.has(name) && !name.startsWith('_'))
        problems.push(unknownAttribute(name));
  return parsed.success && problems.length === 0
    ? { ok: true, configuration: parsed.data }
    : { ok: false, problems: [...new Set(problems)] };
}

/** What is right by itself, and does not go together. */
function contradictions(
  { image, guests, vmm, firmware, harts = 1, vcpus }: LaunchConfiguration,
  nameOf: PlaceName,
): string[] {
  const problems: string[] = [];
  const complain = (attribute: string, text: string): void => {
    problems.push(`${nameOf([attribute])}: ${text}`);
  };
  const withoutVmm = nameOf(['vmm'], 'none');
  if (image === undefined && guests === undefined)
    complain('image', 'say which guest to start: set "image" to a kernel’s ELF file, or "guests" to several');
  if (image !== undefined && guests !== undefined)
    complain('guests', `either ${nameOf(['image'])} or ${nameOf(['guests'])}, not both`);
  if (guests !== undefined && vmm === 'none')
    complain('guests', `several guests need a VMM; leave out ${nameOf(['vmm'])}`);
  if (firmware !== undefined && firmware !== 'builtin' && vmm !== 'none')
    complain('firmware', `under the VMM a guest has the VMM’s own SBI; firmware goes with ${withoutVmm}`);
  if (harts > 1 && vmm !== 'none')
    complain(
      'harts',
      `the hosted VMM runs on one hart; ${nameOf(['vcpus'])} gives guests more, ${withoutVmm} the machine`,
    );
  if (vcpus !== undefined && vmm === 'none')
    complain('vcpus', `the bare machine has no vCPUs; ${nameOf(['harts'])} gives it more harts`);
  if (vcpus !== undefined && guests !== undefined)
    complain('vcpus', 'each of several guests has its own; set it in "guests"');
  const names = (guests ?? []).map((guest) => guest.name);
  for (const name of new Set(names.filter((candidate, index) => names.indexOf(candidate) !== index)))
    complain('guests', `two guests are called "${name}"; give each a name of its own`);
  return problems;
}

function describeIssue(issue: z.core.$ZodIssue, nameOf: PlaceName): string {
  const place = issue.path.length === 0 ? 'configuration' : nameOf(issue.path);
  // A key that is wrong has its own issues, which say why.
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return `${place}: ${message}`;
}

function unknownAttribute(name: string): string {
  const near = [...known].find((candidate) =>
    candidate.toLowerCase().startsWith(name.toLowerCase().slice(0, 3)),
  );
  return `${name}: there is no such attribute${near === undefined ? '' : `; did you mean "${near}"?`}`;
}
